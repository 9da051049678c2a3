"""Vectors of words: near when words are shared, or spelled alike."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.embeddings.lexical import LexicalEmbedder
from adapters.language.snowball_analyzer import SnowballAnalyzer

EMBEDDER = LexicalEmbedder(SnowballAnalyzer())


async def nearness(query: str, text: str) -> float:
    one, other = await EMBEDDER.embed_query(query), (await EMBEDDER.embed_documents([text]))[0]
    return sum(map(float.__mul__, one, other))


async def test_equal_words_in_any_order_are_nearest() -> None:
    assert await nearness("red fox", "the fox is red") == pytest.approx(1)


async def test_shared_words_are_nearer_than_none() -> None:
    assert await nearness("red fox", "a red brick") > 0.3 > await nearness("red fox", "grey wolves")


async def test_words_that_are_spelled_alike_are_near() -> None:
    assert await nearness("transmision", "transmission") > 0.3 > await nearness("transmision", "dictionary")


@pytest.mark.parametrize("word", ["door", "hat", "hoe", "die", "comment"])
async def test_words_that_are_stop_words_elsewhere_have_vectors(word: str) -> None:
    assert await nearness(word, f"There is a {word} in the house") > 0.5


@given(st.text())
async def test_has_length_one_or_none_at_all(text: str) -> None:
    vector = (await EMBEDDER.embed_documents([text]))[0]
    assert len(vector) == EMBEDDER.space.dimensions
    assert math.hypot(*vector) == pytest.approx(1) or not any(vector)
