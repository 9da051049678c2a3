"""Vectors from the digest of the whole text: only equal texts are near each other."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from domain.knowledge.embedding_space import EmbeddingSpace

_DIMENSIONS: Final = 64


class HashEmbedder:
    """The first 64 bytes of SHA-256("0:" text), SHA-256("1:" text), … spread over [-1, 1].

    Carries no meaning; it serves corpora that were indexed so, and tests that need vectors but no sense.
    """

    @property
    def space(self) -> EmbeddingSpace:
        return EmbeddingSpace("rex-hash-v1", _DIMENSIONS)

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [_vector(each) for each in texts]

    async def embed_query(self, text: str) -> Sequence[float]:
        return _vector(text)


def _vector(text: str) -> list[float]:
    """Halves of surrogate pairs, which UTF-8 cannot hold, count as question marks."""
    content = text.encode("utf-8", "replace")
    stream = b"".join(sha256(b"%d:%b" % (number, content)).digest() for number in range(2))
    return [byte / 127.5 - 1 for byte in stream[:_DIMENSIONS]]
