"""What the port promises holds for every embedder."""

import asyncio
import math

import pytest

from adapters.embeddings.hashing import HashEmbedder
from application.ports.embedder import Embedder

TEXTS = ["Keys are rotated online.", "", "Schlüssel", "人工智能", "\ud800 half a pair", "Keys are rotated online."]


@pytest.fixture(params=["hash", "openai", "minilm"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    embedder: Embedder = HashEmbedder() if request.param == "hash" else request.getfixturevalue(request.param)
    return embedder


async def test_every_text_has_a_finite_vector_in_the_space(embedder: Embedder) -> None:
    vectors = await embedder.embed_documents(TEXTS)
    assert len(vectors) == len(TEXTS)
    assert {len(each) for each in vectors} == {embedder.space.dimensions}
    assert all(math.isfinite(number) and abs(number) <= 1 for each in vectors for number in each)
    assert all(any(each) for each in vectors)


async def test_vectors_are_in_the_order_of_the_texts(embedder: Embedder) -> None:
    together = await embedder.embed_documents(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        (alone,) = await embedder.embed_documents([text])
        assert list(vector) == pytest.approx(list(alone), abs=1e-5)
    assert list(together[0]) == pytest.approx(list(together[-1]), abs=1e-5)
    assert list(together[0]) != pytest.approx(list(together[2]), abs=1e-5)


async def test_no_texts_have_no_vectors(embedder: Embedder) -> None:
    assert list(await embedder.embed_documents([])) == []


async def test_overlapping_calls_are_answered_each(embedder: Embedder) -> None:
    alone = [await embedder.embed_query(each) for each in TEXTS]
    together = await asyncio.gather(*(embedder.embed_query(each) for each in TEXTS))
    for one, other in zip(alone, together, strict=True):
        assert list(one) == pytest.approx(list(other), abs=1e-5)
