"""Vectors of words and of parts of words by feature hashing (Weinberger et al., 2009). Needs no model and no network.

Texts are near each other when they share words, or words that are spelled alike.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

import numpy as np

from application.ports.text_analyzer import TextAnalyzer
from domain.knowledge.embedding_space import EmbeddingSpace

DIMENSIONS: Final = 512
PARTS_WEIGHT: Final = 0.3
PARTS: Final = (3, 4)

_MIX: Final = 2_654_435_761
_WORD_SIZE: Final = 0xFFFF_FFFF


class LexicalEmbedder:
    """Vectors have length 1; a text without words has none that points anywhere (all zeros)."""

    space = EmbeddingSpace("rex-lexical-v2", DIMENSIONS)

    def __init__(self, analyzer: TextAnalyzer) -> None:
        self._analyzer = analyzer

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return await asyncio.to_thread(lambda: [_vector(self._analyzer.document(text).terms) for text in texts])

    async def embed_query(self, text: str) -> Sequence[float]:
        words = self._analyzer.query(text, ())
        return _vector([term for readings in words for term in readings])


def _vector(terms: Sequence[str]) -> Sequence[float]:
    """Words that occur often count more, but less and less."""
    counted = Counter(terms)
    if not counted:
        return [0.0] * DIMENSIONS
    features = [_features(term) for term in counted]
    damped = np.repeat([1 + math.log(times) for times in counted.values()], [len(places) for places, _ in features])
    places, weights = (np.concatenate(each) for each in zip(*features, strict=True))
    vector = np.bincount(places, weights * damped, DIMENSIONS)
    length = float(np.linalg.norm(vector))
    numbers: list[float] = (vector / length if length else vector).tolist()
    return numbers


@lru_cache(maxsize=50_000)
def _features(term: str) -> tuple[Any, Any]:
    """Where in the vector a word and its parts stand, and with what sign and weight."""
    hashed = [(_hash(f"={term}"), 1.0), *((_hash(part), PARTS_WEIGHT) for part in _parts(term))]
    places = np.array([(number >> 1) % DIMENSIONS for number, _ in hashed])
    weights = np.array([weight if number & 1 else -weight for number, weight in hashed])
    return places, weights


def _parts(term: str) -> Iterator[str]:
    bounded = f"<{term}>"
    for size in PARTS:
        for start in range(len(bounded) - size + 1):
            yield bounded[start : start + size]


def _hash(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace")) * _MIX & _WORD_SIZE
