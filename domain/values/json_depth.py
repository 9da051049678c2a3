"""How deep a value nests."""

from collections.abc import Iterable
from typing import Final

from domain.values.json import Json

_NESTS: Final = (dict, list)
DEEPEST: Final = 256
"""More than payloads, answers and results of scripts may bring along, and less than recursion can bear."""


def is_deeper_than(value: Json, most: int) -> bool:
    """Whether more than `most` arrays and objects stand one in another."""
    level: list[Json] = [value] if isinstance(value, _NESTS) else []
    for _ in range(most):
        level = [each for nest in level for each in _inside(nest) if isinstance(each, _NESTS)]
        if not level:
            return False
    return bool(level)


def _inside(nest: Json) -> Iterable[Json]:
    if isinstance(nest, dict):
        return nest.values()
    return nest if isinstance(nest, list) else ()
