"""Embedders side by side."""

import asyncio

import pytest

from adapters.embeddings.at_hand import EmbeddersAtHand, LateEmbedder
from adapters.embeddings.hashing import HashEmbedder
from application.ports.embedder import Embedder
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.errors import EmbeddingUnavailable

HASH = HashEmbedder()
OTHER = EmbeddingSpace("other", 3)


class Missing(Exception):
    pass


def test_each_space_has_the_embedder_that_makes_its_vectors() -> None:
    again = HashEmbedder()
    late = LateEmbedder(OTHER, HashEmbedder, absence=Missing)
    at_hand = EmbeddersAtHand(HASH, [again, late])
    assert at_hand.usual is at_hand.of(HASH.space) is HASH
    assert at_hand.of(OTHER) is late


async def test_one_that_is_not_at_hand_says_so_whatever_it_is_asked() -> None:
    absent = EmbeddersAtHand(HASH).of(OTHER)
    assert absent.space == OTHER
    for asked in (absent.embed_query("fox"), absent.embed_documents(["fox"])):
        with pytest.raises(EmbeddingUnavailable, match='"other" of 3 is at hand'):
            await asked


async def test_a_late_one_is_made_by_the_first_question_and_once() -> None:
    made = list[Embedder]()

    def make() -> Embedder:
        made.append(HASH)
        return HASH

    late = LateEmbedder(HASH.space, make, absence=Missing)
    assert not made
    answers = await asyncio.gather(late.embed_query("fox"), late.embed_query("fox"), late.embed_documents(["fox"]))
    assert answers[0] == answers[1] == answers[2][0] == await HASH.embed_query("fox")
    assert len(made) == 1


async def test_a_late_one_that_cannot_be_made_is_not_there_and_may_be_there_later() -> None:
    ready = list[Embedder]()

    def make() -> Embedder:
        if not ready:
            raise Missing("install it")
        return ready[0]

    late = LateEmbedder(HASH.space, make, absence=Missing)
    with pytest.raises(EmbeddingUnavailable, match="install it"):
        await late.embed_query("fox")
    ready.append(HASH)
    assert await late.embed_query("fox") == await HASH.embed_query("fox")
