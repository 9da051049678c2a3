"""Ids of drawn nodes that say which node of the template they are.

One half of an id is random, the other is a digest of that half and of the node's key (RFC 9562, version 8). So a
node is recognised wherever its graph was copied to, relabelled, moved or changed as it may be, and nothing has to be
stored beside the graph.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

_RANDOM_BITS: Final = 60
_CHECK_BITS: Final = 62


def marked_id(seed: UUID, key: str) -> str:
    """The id of the node `key` in the drawing that `seed` names."""
    return _written(_bits(f"{seed}/{key}", _RANDOM_BITS), key)


def is_marked(node_id: str, key: str) -> bool:
    """Whether a drawing gave this id to its node `key`."""
    try:
        number = UUID(node_id).int
    except ValueError:
        return False
    return _written((number >> 80 << 12) | (number >> 64 & 0xFFF), key) == node_id.lower()


def _written(random: int, key: str) -> str:
    check = _bits(f"{random:015x}/{key}", _CHECK_BITS)
    return str(UUID(int=(random >> 12 << 80) | (0x8 << 76) | ((random & 0xFFF) << 64) | (0b10 << 62) | check))


def _bits(text: str, count: int) -> int:
    return int.from_bytes(sha256(text.encode()).digest()) >> (256 - count)
