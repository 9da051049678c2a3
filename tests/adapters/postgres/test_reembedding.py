"""A corpus moves to another embedder while it is searched."""

import asyncio
from uuid import uuid4

import pytest

from adapters.embeddings.hashing import HashEmbedder
from adapters.postgres.database import Database
from adapters.postgres.graph_upkeep import GraphUpkeep
from adapters.postgres.hybrid_ranking import HybridRanker
from adapters.postgres.knowledge_search import PostgresKnowledgeSearch
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.postgres.vector_spaces import PostgresVectorSpaces
from application.knowledge.reembed_corpus import ReembedCorpus
from application.ports.knowledge import NewText, Search, SearchMode
from domain.ids import CorpusId, UserId
from domain.knowledge.errors import CorpusNotFound
from tests.contracts.libraries import ANALYZER, EMBEDDER
from tests.contracts.test_knowledge import Shelf, postgres_shelf

TEXTS = [NewText(title=f"Note {each}", text=f"Note {each} about rye.") for each in range(20)]
SPACES = "SELECT DISTINCT s.name FROM knowledge_vectors AS v JOIN knowledge_spaces AS s ON s.id = v.space_id"


class Interrupted(HashEmbedder):
    """Makes two batches, and no more."""

    def __init__(self) -> None:
        self._left = 2

    async def embed_documents(self, texts):  # type: ignore[no-untyped-def]
        self._left -= 1
        if self._left < 0:
            raise asyncio.CancelledError
        return await super().embed_documents(texts)


def reembed(database: Database, embedder: HashEmbedder) -> ReembedCorpus:
    spaces = PostgresVectorSpaces(database, GraphUpkeep(database))
    return ReembedCorpus(begin=lambda: PostgresUnitOfWork(database), spaces=spaces, embedder=embedder, at_once=6)


async def dense(database: Database, embedder: HashEmbedder, shelf: Shelf) -> list[str]:
    """The best by meaning alone, as this embedder sees it."""
    return await best(database, embedder, shelf, SearchMode.DENSE)


async def lexical(database: Database, embedder: HashEmbedder, shelf: Shelf) -> list[str]:
    return await best(database, embedder, shelf, SearchMode.LEXICAL)


async def best(database: Database, embedder: HashEmbedder, shelf: Shelf, mode: SearchMode) -> list[str]:
    search = PostgresKnowledgeSearch(database, HybridRanker(database, ANALYZER, embedder))
    wanted = Search(owner_id=shelf.owner_id, query="Note 7 about rye.", mode=mode, top_k=1)
    return [match.title for match in await search.search(wanted)]


async def test_searches_change_over_at_once_and_an_interruption_costs_nothing(database: Database) -> None:
    shelf = await postgres_shelf(database)
    corpus = (await shelf.keep(*TEXTS))[0].corpus_id
    with pytest.raises(asyncio.CancelledError):
        await reembed(database, Interrupted())(corpus_id=corpus, actor_id=shelf.owner_id)
    assert {row["name"] for row in await database.rows(SPACES)} == {"rex-lexical-v2", "rex-hash-v1"}
    assert await dense(database, EMBEDDER, shelf) == ["Note 7"]  # type: ignore[arg-type]
    assert await dense(database, HashEmbedder(), shelf) == []
    assert await lexical(database, HashEmbedder(), shelf) == ["Note 7"]
    heard: list[tuple[int, int]] = []
    done = await reembed(database, HashEmbedder())(
        corpus_id=corpus, actor_id=shelf.owner_id, told=lambda made, of: heard.append((made, of))
    )
    assert (done.space.name, done.made) == ("rex-hash-v1", 8)
    assert heard == [(6, 20), (8, 20)]
    assert {row["name"] for row in await database.rows(SPACES)} == {"rex-hash-v1"}
    assert await dense(database, HashEmbedder(), shelf) == ["Note 7"]
    assert await dense(database, EMBEDDER, shelf) == []  # type: ignore[arg-type]


async def test_texts_that_come_meanwhile_are_moved_too(database: Database) -> None:
    shelf = await postgres_shelf(database)
    corpus = (await shelf.keep(*TEXTS[:6]))[0].corpus_id
    late = iter([TEXTS[7]])

    class Meanwhile(HashEmbedder):
        async def embed_documents(self, texts):  # type: ignore[no-untyped-def]
            if text := next(late, None):
                await shelf.keep(text)
            return await super().embed_documents(texts)

    assert (await reembed(database, Meanwhile())(corpus_id=corpus, actor_id=shelf.owner_id)).made == 7
    assert await dense(database, HashEmbedder(), shelf) == ["Note 7"]


async def test_ends_when_the_corpus_is_removed_meanwhile(database: Database) -> None:
    shelf = await postgres_shelf(database)
    corpus = (await shelf.keep(*TEXTS))[0].corpus_id

    class Meanwhile(HashEmbedder):
        async def embed_documents(self, texts):  # type: ignore[no-untyped-def]
            await database.rows("DELETE FROM knowledge_corpora WHERE id = $1", corpus)
            return await super().embed_documents(texts)

    async with asyncio.timeout(20):
        with pytest.raises(CorpusNotFound):
            await reembed(database, Meanwhile())(corpus_id=corpus, actor_id=shelf.owner_id)


async def test_who_comes_late_with_one_embedder_takes_nothing_from_another(database: Database) -> None:
    shelf = await postgres_shelf(database)
    corpus = (await shelf.keep(*TEXTS))[0].corpus_id
    await reembed(database, HashEmbedder())(corpus_id=corpus, actor_id=shelf.owner_id)
    await PostgresVectorSpaces(database, GraphUpkeep(database)).forget_others(corpus, EMBEDDER.space)
    assert await dense(database, HashEmbedder(), shelf) == ["Note 7"]


async def test_moves_nothing_of_other_people(database: Database) -> None:
    shelf = await postgres_shelf(database)
    corpus = (await shelf.keep(TEXTS[0]))[0].corpus_id
    for corpus_id, actor in ((corpus, UserId(uuid4())), (CorpusId(uuid4()), shelf.owner_id)):
        with pytest.raises(CorpusNotFound):
            await reembed(database, HashEmbedder())(corpus_id=corpus_id, actor_id=actor)
