"""A corpus moves to another embedder while it is searched and while documents come."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import pytest

from adapters.embeddings.at_hand import EmbeddersAtHand
from adapters.embeddings.hashing import HashEmbedder
from adapters.postgres.database import Database
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.graph_upkeep import GraphUpkeep
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.postgres.vector_spaces import PostgresVectorSpaces
from application.knowledge.reembed_corpus import ReembedCorpus
from application.ports.embedder import Embedder
from application.ports.knowledge import NewText, SearchMode
from domain.ids import CorpusId, UserId
from domain.knowledge.errors import CorpusNotFound, EmbeddingUnavailable
from tests.contracts.libraries import EMBEDDER, postgres_library
from tests.contracts.test_knowledge import Shelf, postgres_shelf, served_by

TEXTS = [NewText(title=f"Note {each}", text=f"Note {each} about rye.") for each in range(20)]
SPACES = "SELECT DISTINCT s.name FROM knowledge_vectors AS v JOIN knowledge_spaces AS s ON s.id = v.space_id"
WAITING = """
SELECT count(*) AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
LATE_CHUNK = """
INSERT INTO knowledge_chunks (id, corpus_id, document_id, chunk_index, content, metadata)
SELECT gen_random_uuid(), corpus_id, id, 99, 'late', '{}' FROM knowledge_documents WHERE corpus_id = $1 LIMIT 1
"""
SEVENTH = TEXTS[7].text


class Interrupted(HashEmbedder):
    """Makes two batches, and no more."""

    def __init__(self) -> None:
        self._left = 2

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self._left -= 1
        if self._left < 0:
            raise asyncio.CancelledError
        return await super().embed_documents(texts)


class Meanwhile(HashEmbedder):
    """Something happens before the first texts are embedded."""

    def __init__(self, *happens: Callable[[], Awaitable[object]]) -> None:
        self._happens = list(happens)

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        while self._happens:
            await self._happens.pop()()
        return await super().embed_documents(texts)


class MeanwhileByWords(Meanwhile):
    """The same with vectors of words."""

    space = EMBEDDER.space

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        await super().embed_documents(texts)
        return await EMBEDDER.embed_documents(texts)


def reembed(database: Database, embedder: Embedder) -> ReembedCorpus:
    spaces = PostgresVectorSpaces(database, GraphUpkeep(database))
    return ReembedCorpus(begin=lambda: PostgresUnitOfWork(database), spaces=spaces, embedder=embedder, at_once=6)


async def old_server(database: Database) -> Shelf:
    """Of a process that was started with the embedder that the corpus comes from, and knows of the other one."""
    return await postgres_shelf(database, EmbeddersAtHand(EMBEDDER, [HashEmbedder()]))


async def spaces_of_vectors(database: Database) -> set[str]:
    return {row["name"] for row in await database.rows(SPACES)}


async def first(shelf: Shelf, mode: SearchMode = SearchMode.DENSE, query: str = SEVENTH) -> list[str]:
    return [match.title for match in await shelf.find(query, mode=mode, top_k=1)]


async def test_searches_change_over_at_once_and_an_interruption_costs_nothing(database: Database) -> None:
    shelf = await old_server(database)
    corpus = (await shelf.keep(*TEXTS))[0].corpus_id
    with pytest.raises(asyncio.CancelledError):
        await reembed(database, Interrupted())(corpus_id=corpus, actor_id=shelf.owner_id)
    assert await spaces_of_vectors(database) == {"rex-lexical-v2", "rex-hash-v1"}
    assert await first(shelf) == ["Note 7"]
    heard: list[tuple[int, int]] = []
    done = await reembed(database, HashEmbedder())(
        corpus_id=corpus, actor_id=shelf.owner_id, told=lambda made, of: heard.append((made, of))
    )
    assert (done.space.name, done.made) == ("rex-hash-v1", 8)
    assert heard == [(6, 20), (8, 20)]
    assert await spaces_of_vectors(database) == {"rex-hash-v1"}


async def test_a_server_that_was_started_before_finds_as_much_before_meanwhile_and_afterwards(
    database: Database,
) -> None:
    shelf = await old_server(database)
    corpus = (await shelf.keep(*TEXTS))[0].corpus_id
    found = list[list[str]]()

    async def searches() -> None:
        found.extend([await first(shelf, mode) for mode in (SearchMode.DENSE, SearchMode.HYBRID)])

    await searches()
    await reembed(database, Meanwhile(searches))(corpus_id=corpus, actor_id=shelf.owner_id)
    await searches()
    assert found == [["Note 7"]] * 6
    assert len(await shelf.find(SEVENTH, mode=SearchMode.DENSE, top_k=50)) == len(TEXTS)


async def test_a_search_that_is_under_way_during_the_switch_finds_as_much(database: Database) -> None:
    moved = list[CorpusId]()

    class Slow(HashEmbedder):
        """So slow with the query that the corpus moves meanwhile."""

        space = EMBEDDER.space

        async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
            return await EMBEDDER.embed_documents(texts)

        async def embed_query(self, text: str) -> Sequence[float]:
            while moved:
                await reembed(database, HashEmbedder())(corpus_id=moved.pop(), actor_id=shelf.owner_id)
            return await EMBEDDER.embed_query(text)

    shelf = await postgres_shelf(database, EmbeddersAtHand(Slow(), [HashEmbedder()]))
    moved.append((await shelf.keep(*TEXTS))[0].corpus_id)
    assert await first(shelf) == ["Note 7"]
    assert await spaces_of_vectors(database) == {"rex-hash-v1"}


async def test_texts_that_come_meanwhile_are_moved_too(database: Database) -> None:
    shelf = await old_server(database)
    corpus = (await shelf.keep(*TEXTS[:6]))[0].corpus_id
    coming = Meanwhile(lambda: shelf.keep(TEXTS[7]))
    assert (await reembed(database, coming)(corpus_id=corpus, actor_id=shelf.owner_id)).made == 7
    assert await first(shelf) == ["Note 7"]
    assert await spaces_of_vectors(database) == {"rex-hash-v1"}


async def test_texts_that_come_afterwards_go_where_the_corpus_is_by_then(database: Database) -> None:
    shelf = await old_server(database)
    corpus = (await shelf.keep(*TEXTS[:6]))[0].corpus_id
    await reembed(database, HashEmbedder())(corpus_id=corpus, actor_id=shelf.owner_id)
    await shelf.keep(TEXTS[7])
    assert await first(shelf) == ["Note 7"]
    assert await spaces_of_vectors(database) == {"rex-hash-v1"}


async def test_a_text_that_is_embedded_during_the_switch_is_embedded_again(database: Database) -> None:
    moved = list[CorpusId]()

    async def move() -> None:
        while moved:
            await reembed(database, HashEmbedder())(corpus_id=moved.pop(), actor_id=shelf.owner_id)

    embedder = MeanwhileByWords()
    shelf = await postgres_shelf(database, EmbeddersAtHand(embedder, [HashEmbedder()]))
    moved.append((await shelf.keep(*TEXTS[:6]))[0].corpus_id)
    embedder._happens.append(move)
    [kept] = await shelf.keep(TEXTS[7])
    assert (kept.status, kept.chunk_count) == ("ready", 1)
    assert await first(shelf) == ["Note 7"]
    assert await spaces_of_vectors(database) == {"rex-hash-v1"}


async def somebody_waits(database: Database) -> None:
    async with asyncio.timeout(20):
        while not (await database.rows(WAITING))[0]["waiting"]:
            await asyncio.sleep(0.01)


async def test_the_switch_waits_for_whoever_is_publishing_and_sees_what_came(database: Database) -> None:
    shelf = await old_server(database)
    corpus = (await shelf.keep(*TEXTS[:3]))[0].corpus_id
    spaces, hashed = PostgresVectorSpaces(database, GraphUpkeep(database)), HashEmbedder()
    missing = await spaces.missing(corpus, hashed.space, limit=10)
    vectors = await hashed.embed_documents([text for _, text in missing])
    await spaces.add(hashed.space, [(chunk, vector) for (chunk, _), vector in zip(missing, vectors, strict=True)])
    async with database.session({}) as other:
        async with other.transaction():
            await other.execute("SELECT FROM knowledge_corpora WHERE id = $1 FOR KEY SHARE", corpus)
            switching = asyncio.ensure_future(spaces.switch(corpus, hashed.space))
            await somebody_waits(database)
            await other.execute(LATE_CHUNK, corpus)
        assert not await switching
    [(chunk, text)] = await spaces.missing(corpus, hashed.space, limit=10)
    await spaces.add(hashed.space, [(chunk, await hashed.embed_query(text))])
    assert await spaces.switch(corpus, hashed.space)


async def test_who_publishes_first_into_a_new_corpus_decides_where_it_belongs(database: Database) -> None:
    library = postgres_library(database)
    reader = await library.reader()
    batch = await reader.batch(await reader.accepted(), "a red fox")
    strange = await EmbeddingSpaces(database).number(HashEmbedder().space)
    async with database.session({}) as other:
        async with other.transaction():
            await other.execute("UPDATE knowledge_corpora SET space_id = $2 WHERE id = $1", batch.corpus_id, strange)
            publishing = asyncio.ensure_future(library.index.publish([batch]))
            await somebody_waits(database)
        assert not await publishing
    assert await reader.texts("fox") == []


async def test_two_who_fill_a_new_corpus_with_different_embedders_agree_on_one(database: Database) -> None:
    one = await old_server(database)
    [kept] = await one.keep(TEXTS[0])
    await database.rows("DELETE FROM knowledge_documents")
    await database.rows("UPDATE knowledge_corpora SET space_id = NULL")
    embedder = Meanwhile(lambda: one.keep(TEXTS[7]))
    other = served_by(database, EmbeddersAtHand(embedder, [EMBEDDER]))(one.owner_id, one.workflow_id, one.execution_id)
    assert [each.status for each in await other.keep(TEXTS[8])] == ["ready"]
    assert await spaces_of_vectors(database) == {"rex-lexical-v2"}
    assert {match.title for match in await one.find("rye", mode=SearchMode.DENSE)} == {"Note 7", "Note 8"}
    assert kept.corpus_id == (await one.find("rye"))[0].corpus_id


async def test_where_no_embedder_is_at_hand_words_are_searched_and_meaning_is_refused(database: Database) -> None:
    shelf = await old_server(database)
    corpus = (await shelf.keep(*TEXTS))[0].corpus_id
    await reembed(database, HashEmbedder())(corpus_id=corpus, actor_id=shelf.owner_id)
    poor = served_by(database, EmbeddersAtHand(EMBEDDER))(shelf.owner_id, shelf.workflow_id, shelf.execution_id)
    assert await first(poor, SearchMode.HYBRID) == ["Note 7"]
    with pytest.raises(EmbeddingUnavailable, match='"rex-hash-v1" of 64 is at hand'):
        await first(poor)


async def test_ends_when_the_corpus_is_removed_meanwhile(database: Database) -> None:
    shelf = await postgres_shelf(database)
    corpus = (await shelf.keep(*TEXTS))[0].corpus_id
    removing = Meanwhile(lambda: database.rows("DELETE FROM knowledge_corpora WHERE id = $1", corpus))
    async with asyncio.timeout(20):
        with pytest.raises(CorpusNotFound):
            await reembed(database, removing)(corpus_id=corpus, actor_id=shelf.owner_id)


async def test_who_comes_late_with_one_embedder_takes_nothing_from_another(database: Database) -> None:
    shelf = await old_server(database)
    corpus = (await shelf.keep(*TEXTS))[0].corpus_id
    await reembed(database, HashEmbedder())(corpus_id=corpus, actor_id=shelf.owner_id)
    await PostgresVectorSpaces(database, GraphUpkeep(database)).forget_others(corpus, EMBEDDER.space)
    assert await first(shelf) == ["Note 7"]


async def test_moves_nothing_of_other_people(database: Database) -> None:
    shelf = await postgres_shelf(database)
    corpus = (await shelf.keep(TEXTS[0]))[0].corpus_id
    for corpus_id, actor in ((corpus, UserId(uuid4())), (CorpusId(uuid4()), shelf.owner_id)):
        with pytest.raises(CorpusNotFound):
            await reembed(database, HashEmbedder())(corpus_id=corpus_id, actor_id=actor)
