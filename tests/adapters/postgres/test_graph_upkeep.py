"""Graphs of neighbours come, grow together and go, and whoever searches never notices but by the time it takes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from adapters.postgres.database import NEAREST_NEIGHBOURS, SET_LOCALLY, Database
from adapters.postgres.dense_statements import through_graph
from adapters.postgres.dense_ways import BY_GRAPH, THOROUGHLY
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.graph_upkeep import GraphUpkeep
from adapters.postgres.neighbour_graphs import NAME, NeighbourGraph, graphs_of
from adapters.postgres.vector_spaces import PostgresVectorSpaces
from application.ports.knowledge import SearchMode
from domain.errors import Unavailable
from domain.ids import ChunkId
from domain.knowledge.conditions import Comparison, Condition
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.scope import EVERYWHERE, Scope
from tests.adapters.postgres.conftest import Connecting
from tests.contracts.libraries import EMBEDDER, Library, Reader, postgres_library

DIMENSIONS = EMBEDDER.space.dimensions
INDEXES = """
SELECT index.relname AS name, indisvalid FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
WHERE starts_with(index.relname, $1) ORDER BY index.oid
"""
CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND query LIKE '%CREATE INDEX CONCURRENTLY%' AND pid <> pg_backend_pid()
"""
LATER = 1_000_000
"""So many chunks that nobody here has them."""


def library(database: Database) -> Library:
    """Nothing gets a graph by itself."""
    return postgres_library(database, segment_from=1, graph_more_than=LATER, read_through=1)


def upkeep(database: Database, *, grown_by: int = 1) -> GraphUpkeep:
    return GraphUpkeep(database, more_than=3, grown_by=grown_by)


async def filled(reader: Reader, *texts: str) -> None:
    await reader.corpus()
    for text in texts:
        await reader.read(text)


async def graphs(database: Database, reader: Reader) -> Sequence[NeighbourGraph]:
    space = await EmbeddingSpaces(database).find(EMBEDDER.space)
    assert space is not None
    return await graphs_of(database, reader.id, space)


async def indexes(database: Database) -> list[tuple[str, bool]]:
    return [(row["name"], row["indisvalid"]) for row in await database.rows(INDEXES, NAME)]


async def nearest(reader: Reader, query: str = "fox 3", scope: Scope = EVERYWHERE) -> list[str]:
    return sorted(match.content for match in await reader.found(query, scope, mode=SearchMode.DENSE))


def foxes(count: int, first: int = 0) -> list[str]:
    return [f"fox {number}" for number in range(first, first + count)]


async def test_large_holdings_get_a_graph_and_small_ones_none(database: Database) -> None:
    large, small = [await library(database).reader() for _ in range(2)]
    await filled(large, *foxes(5))
    await filled(small, *foxes(3))
    assert await upkeep(database).grow() == 1
    assert await upkeep(database).grow() == 0
    [graph] = await graphs(database, large)
    assert (graph.of.corpus_id, graph.chunks) == (None, 5)
    assert await indexes(database) == [(graph.name, True)]
    assert await graphs(database, small) == []
    assert await nearest(large) == foxes(5)


async def test_searches_of_a_graph_use_its_index(database: Database) -> None:
    reader = await library(database).reader()
    for _ in range(3):
        await filled(reader, *foxes(5))
    await upkeep(database).grow()
    kept = await graphs(database, reader)
    assert {graph.of.corpus_id for graph in kept} == {None, *reader.corpora}
    for graph in kept:
        plan = await planned(database, graph, reader)
        assert [line.split()[3] for line in plan if "Scan" in line] == [graph.name]


async def planned(database: Database, graph: NeighbourGraph, reader: Reader) -> list[str]:
    """As it is asked: with so few vectors sorting all of them would be cheaper."""
    vector = str(list(await EMBEDDER.embed_query("fox")))
    async with database.transaction() as connection:
        await connection.exec_driver_sql(SET_LOCALLY, ([*BY_GRAPH], [*BY_GRAPH.values()]))
        rows = await connection.exec_driver_sql(
            f"EXPLAIN {through_graph(graph, DIMENSIONS)}", (vector, list(reader.corpora))
        )
    return [row[0].strip(" ->") for row in rows]


@pytest.mark.parametrize("read_through", [1, 40])
async def test_what_a_graph_does_not_give_is_found_without_it(
    url: str, connecting: Connecting, monkeypatch: pytest.MonkeyPatch, read_through: int
) -> None:
    short_of_breath = {"hnsw.ef_search": "10", "hnsw.iterative_scan": "off"}
    for settings in (NEAREST_NEIGHBOURS, THOROUGHLY):
        for name, value in short_of_breath.items():
            monkeypatch.setitem(settings, name, value)
    library = postgres_library(await connecting(url), segment_from=1, graph_more_than=0, read_through=read_through)
    reader = await library.reader()
    await reader.read("swan owl stork fox", metadata={"mark": "rare"})
    await reader.read(*foxes(120), metadata={"mark": "usual"})
    assert len(await reader.found("fox 3", mode=SearchMode.DENSE, top_k=100)) == 100
    for mark, found in (("rare", 1), ("usual", 100), ("other", 0)):
        where = [Condition(("mark",), Comparison.EQUALS, [mark])]
        assert len(await reader.found("fox 3", mode=SearchMode.DENSE, top_k=100, where=where)) == found


async def test_a_corpus_that_is_most_of_what_its_owner_has_needs_none_of_its_own(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(9))
    await filled(reader, *foxes(4, first=20))
    await upkeep(database).grow()
    assert {graph.of.corpus_id for graph in await graphs(database, reader)} == {None, reader.corpora[1]}
    for at, texts in enumerate((foxes(9), foxes(4, first=20))):
        assert await nearest(reader, scope=Scope(corpus_id=reader.corpora[at])) == sorted(texts)


async def test_what_comes_later_is_found_at_once_and_taken_in_later(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(6))
    await upkeep(database).grow()
    [before] = await graphs(database, reader)
    for text in foxes(4, first=6):
        await reader.read(text)
    assert await nearest(reader) == sorted(foxes(10))
    await upkeep(database).grow()
    [after] = await graphs(database, reader)
    assert after.id != before.id
    assert after.upto >= before.upto
    assert await nearest(reader) == sorted(foxes(10))


async def test_a_chunk_that_came_late_to_its_place_is_found(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(6))
    await upkeep(database).grow()
    late = await reader.batch(await reader.accepted(), "fox 6")
    early_id = ChunkId(UUID(int=1))
    await reader.library.index.publish([replace(late, chunks=[replace(late.chunks[0], id=early_id)])])
    assert await nearest(reader) == foxes(7)


async def test_whoever_still_asks_the_graph_before_finds_its_index_until_the_next_round(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(6))
    await upkeep(database).grow()
    [before] = await graphs(database, reader)
    await filled(reader, *foxes(3, first=6))
    await upkeep(database).grow()
    assert before.name in dict(await indexes(database))
    await upkeep(database).grow()
    assert [name for name, _ in await indexes(database)] == [graph.name for graph in await graphs(database, reader)]


async def test_a_large_graph_is_left_as_it_is(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(8))
    await upkeep(database).grow()
    [large] = await graphs(database, reader)
    for text in foxes(2, first=8):
        await reader.read(text)
    assert await upkeep(database).grow() == 1
    first, second = await graphs(database, reader)
    assert (first, second.after, second.chunks) == (large, large.upto, 2)
    assert await nearest(reader) == sorted(foxes(10))


async def test_while_documents_are_on_their_way_there_is_no_hurry(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(6))
    on_its_way = await reader.accepted()
    assert await upkeep(database, grown_by=2).grow() == 0
    await database.rows("DELETE FROM knowledge_documents WHERE id = $1", on_its_way)
    assert await upkeep(database, grown_by=2).grow() == 1


async def test_of_two_at_once_one_builds(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(6))
    assert sum(await asyncio.gather(*(upkeep(database).grow() for _ in range(3)))) == 1
    assert len(await indexes(database)) == 1


async def test_what_an_interruption_left_half_built_is_cleared_away(database: Database) -> None:
    await upkeep(database).grow()
    reader = await library(database).reader()
    await filled(reader, *foxes(6))
    async with database.transaction() as writer:
        await writer.exec_driver_sql("UPDATE knowledge_vectors SET space_id = space_id")
        building = asyncio.create_task(upkeep(database).grow())
        while not await indexes(database):
            await asyncio.sleep(0.01)
        await database.rows(CUT_OFF)
        with pytest.raises(Unavailable):
            await building
    [(abandoned, is_valid)] = await indexes(database)
    assert not is_valid
    assert await nearest(reader) == foxes(6)
    assert await upkeep(database).grow() == 1
    [graph] = await graphs(database, reader)
    assert await indexes(database) == [(graph.name, True)]
    assert graph.name != abandoned


async def test_graphs_go_with_the_corpus_and_with_the_owner(database: Database) -> None:
    readers = [await library(database).reader() for _ in range(2)]
    for reader in readers:
        await filled(reader, *foxes(4))
        await filled(reader, *foxes(5))
    await upkeep(database).grow()
    assert len(await indexes(database)) == 4
    await database.rows("DELETE FROM knowledge_corpora WHERE user_id = $1", readers[0].id)
    await upkeep(database).grow()
    assert len(await indexes(database)) == 2
    await database.rows("DELETE FROM users WHERE id = $1", readers[1].id)
    await upkeep(database).grow()
    assert await indexes(database) == []


async def test_what_is_gone_keeps_nothing_busy(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(6))
    await database.rows("DELETE FROM knowledge_documents")
    assert await upkeep(database).grow() == 0
    assert await nearest(reader) == []


async def test_a_corpus_has_its_graph_in_another_space_before_it_is_searched_there(database: Database) -> None:
    reader = await library(database).reader()
    await filled(reader, *foxes(6))
    other = EmbeddingSpace("other", 8)
    spaces = PostgresVectorSpaces(database, upkeep(database))
    chunks = await spaces.missing(reader.corpora[0], other, limit=10)
    await spaces.add(other, [(chunk_id, [float(at)] * 8) for at, (chunk_id, _) in enumerate(chunks, 1)])
    assert await spaces.switch(reader.corpora[0], other)
    number = await EmbeddingSpaces(database).number(other)
    [graph] = await graphs_of(database, reader.id, number)
    assert graph.chunks == 6
    assert await upkeep(database).grow() == 0
