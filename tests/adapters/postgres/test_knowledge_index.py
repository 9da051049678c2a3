"""What only the real index has: segments, ordinals, graphs. None of them may change what is found."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import nullcontext

import asyncpg
import pytest

from adapters.embeddings.at_hand import EmbeddersAtHand
from adapters.embeddings.lexical import LexicalEmbedder
from adapters.postgres import lexical_leg
from adapters.postgres.database import Database
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.lexical_leg import CHUNKS_FULFILLING, SETTLED_FULFILLING
from adapters.postgres.settling import Settling
from adapters.postgres.term_lists import HOLDINGS
from application.ports.knowledge import SearchMode
from domain.knowledge.conditions import Comparison, Condition
from domain.knowledge.embedding_space import EmbeddingSpace
from tests.contracts.libraries import ANALYZER, EMBEDDER, Library, Reader, postgres_library

WORDS = ["fox", "wolf", "bear", "hare", "lynx", "owl", "stork", "crane", "heron", "swan"]
QUERIES = ["fox", "bear lynx owl", "heron unicorn", "swan swan crane"]


async def filled(library: Library, *, documents: int, seed: int = 1) -> Reader:
    reader = await library.reader()
    chance = random.Random(seed)  # noqa: S311
    for at in range(documents):
        words = chance.choices(WORDS, weights=range(1, 11), k=chance.randint(1, 12))
        await reader.read(" ".join(words), title=f"no {at}")
    return reader


async def answers(reader: Reader, mode: SearchMode = SearchMode.LEXICAL) -> list[list[tuple[str, float]]]:
    found = [await reader.found(query, mode=mode) for query in QUERIES]
    return [sorted((match.content, round(match.components[mode].score, 3)) for match in each) for each in found]


async def test_finds_the_same_settled_or_fresh(database: Database) -> None:
    fresh = await filled(postgres_library(database), documents=40)
    settled = await filled(postgres_library(database, segment_from=2), documents=40)
    segments = await database.rows(
        "SELECT chunk_count FROM knowledge_segments WHERE corpus_id = $1", settled.corpora[0]
    )
    assert sum(row["chunk_count"] for row in segments) == 40
    assert len(segments) < 8
    assert await answers(settled) == await answers(fresh)


@pytest.mark.parametrize("segment_from", [2, 1000])
async def test_conditions_are_asked_of_the_best_or_of_all_to_the_same_end(
    database: Database, monkeypatch: pytest.MonkeyPatch, segment_from: int
) -> None:
    reader = await postgres_library(database, segment_from=segment_from).reader()
    for at in range(260):
        await reader.read(f"fox {'bear ' * (at % 9)}", title=f"no {at}", metadata={"third": at % 3, "at": at})
    marked = [
        Condition(("third",), Comparison.EQUALS, [0]),
        Condition(("third",), Comparison.AT_LEAST, [0]),
        Condition(("at",), Comparison.EQUALS, [259]),
    ]
    answers = []
    for asked in (0, lexical_leg.LOOKED_UP, lexical_leg.ASKED):
        monkeypatch.setattr(lexical_leg, "ASKED", asked)
        found = [await reader.found("fox bear", where=[each], top_k=100) for each in marked]
        answers.append([[match.components["lexical"].score for match in each] for each in found])
    assert [len(each) for each in answers[0]] == [87, 100, 1]
    assert answers[0] == answers[1] == answers[2]


async def test_what_is_fresh_comes_in_one_piece_however_many_corpora_there_are(database: Database) -> None:
    reader = await postgres_library(database).reader()
    for corpus in range(5):
        await reader.corpus()
        await reader.read(f"fox {corpus}", "fox bear")
    assert len(await database.rows(HOLDINGS, reader.corpora, [1, 2, 3])) == 1
    assert len(await reader.found("fox")) == 10


async def test_finds_as_much_where_documents_are_gone(database: Database) -> None:
    library = postgres_library(database, segment_from=2)
    reader = await library.reader()
    documents = [await reader.read(f"fox {at}") for at in range(330)]
    await library.index.remove(documents[:290])
    assert len(await reader.found("fox")) == 40


async def test_those_who_settle_at_once_lose_nothing(database: Database) -> None:
    library = postgres_library(database)
    reader = await filled(library, documents=30)
    before = await answers(reader)
    settling = Settling(database, segment_from=2)
    await asyncio.gather(*(settling.settle(reader.corpora[0]) for _ in range(4)))
    assert await answers(reader) == before


async def test_removing_while_settling_leaves_nothing_behind(database: Database) -> None:
    library = postgres_library(database)
    reader = await library.reader()
    documents = [await reader.read(f"fox {at}") for at in range(20)]
    settling = Settling(database, segment_from=2)
    await asyncio.gather(settling.settle(reader.corpora[0]), library.index.remove(documents[:10]))
    assert {match.document_id for match in await reader.found("fox")} == set(documents[10:])


async def come_and_go(reader: Reader, *, times: int) -> None:
    """Ten documents each time, of which none stays."""
    for _ in range(times):
        coming = [await reader.read(f"fox bear {each}", title="gone") for each in range(10)]
        await reader.library.index.remove(coming)


async def numbered(database: Database, reader: Reader) -> tuple[int, int]:
    """How many chunks have a number in the corpora of a reader, and how many have had one and are remembered."""
    kept = await database.rows("SELECT FROM knowledge_ordinals WHERE corpus_id = ANY($1)", reader.corpora)
    given = await database.rows("SELECT chunk_count FROM knowledge_segments WHERE corpus_id = ANY($1)", reader.corpora)
    return len(kept), sum(row["chunk_count"] for row in given)


async def first_ordinals(database: Database, reader: Reader) -> list[int]:
    """Of each corpus of a reader."""
    rows = [
        await database.rows("SELECT min(first_ordinal) AS first FROM knowledge_segments WHERE corpus_id = $1", each)
        for each in reader.corpora
    ]
    return [first["first"] for (first,) in rows]


async def test_what_was_removed_does_not_pile_up(database: Database) -> None:
    reader = await postgres_library(database, segment_from=2).reader()
    for each in range(12):
        await reader.read(f"lynx {each}", title="stays")
        await come_and_go(reader, times=2)
    kept, given = await numbered(database, reader)
    assert kept < given < 60
    assert {match.title for match in await reader.found("fox lynx")} == {"stays"}
    assert len(await reader.found("lynx")) == 12


async def test_numbers_that_begin_anywhere_lead_to_the_same_chunks(database: Database) -> None:
    worn, fresh = [await postgres_library(database, segment_from=size).reader() for size in (2, 1000)]
    for reader in (worn, fresh):
        for corpus in range(3):
            await reader.corpus()
            for each in range(6):
                await come_and_go(reader, times=corpus)
                words = " ".join(WORDS[(corpus + each + at) % 10] for at in range(3))
                await reader.read(words, title=f"no {each}", metadata={"part": each % 2})
    odd = [Condition(("part",), Comparison.EQUALS, [1])]
    for query in QUERIES:
        for where in ([], odd):
            one, other = [await reader.texts(query, where=where) for reader in (worn, fresh)]
            assert sorted(one) == sorted(other)
    assert max(await first_ordinals(database, worn)) > 0


@pytest.mark.parametrize(
    ("statement", "asked"), [(HOLDINGS, 1000), (CHUNKS_FULFILLING, 1000), (HOLDINGS, 0), (SETTLED_FULFILLING, 0)]
)
async def test_nothing_is_missed_while_chunks_are_numbered_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch, statement: str, asked: int
) -> None:
    monkeypatch.setattr(lexical_leg, "ASKED", asked)
    reader = await postgres_library(database, segment_from=2).reader()
    for title in ("at rest", "worn"):
        await reader.corpus()
        await reader.read("owl", "swan owl", title=title, metadata={"part": 1})
    rows_of = database.rows
    meanwhile = iter([come_and_go(reader, times=8)])

    async def interrupted(wanted: str, *values: object) -> Sequence[asyncpg.Record]:
        rows = await rows_of(wanted, *values)
        if wanted == statement and (happens := next(meanwhile, None)) is not None:
            await happens
        return rows

    monkeypatch.setattr(database, "rows", interrupted)
    monkeypatch.setattr(database, "snapshot", lambda: nullcontext(database))
    found = await reader.found("owl", where=[Condition(("part",), Comparison.EQUALS, [1])])
    assert sorted(match.title for match in found) == ["at rest", "at rest", "worn", "worn"]
    assert next(meanwhile, None) is None
    assert (await first_ordinals(database, reader))[-1] > 0


async def test_a_graph_finds_the_same_as_reading_all(database: Database) -> None:
    exact = await filled(postgres_library(database, segment_from=2), documents=90)
    graph = await filled(postgres_library(database, segment_from=2, graph_more_than=0, read_through=1), documents=90)
    for query in QUERIES:
        one, other = [await reader.found(query, mode=SearchMode.DENSE, top_k=10) for reader in (exact, graph)]
        scores = [[round(match.components["dense"].score, 3) for match in each] for each in (one, other)]
        assert scores[0] == scores[1]
        assert len(scores[0]) == 10


async def test_vectors_of_another_space_are_never_compared(database: Database) -> None:
    class Other(LexicalEmbedder):
        space = EmbeddingSpace("other", EMBEDDER.space.dimensions)

    embedders = EmbeddersAtHand(EMBEDDER, [Other(ANALYZER)])
    reader = await filled(postgres_library(database, embedders=embedders), documents=30)
    other = await EmbeddingSpaces(database).number(Other.space)
    assert await reader.found("fox", mode=SearchMode.DENSE)
    await database.rows("UPDATE knowledge_corpora SET space_id = $2 WHERE id = $1", reader.corpora[0], other)
    assert await reader.found("fox", mode=SearchMode.DENSE) == []
    assert await reader.found("fox", mode=SearchMode.HYBRID)


async def test_a_space_is_made_once_by_those_who_come_at_once(database: Database) -> None:
    space = EmbeddingSpace("new", 8)
    numbers = await asyncio.gather(*(EmbeddingSpaces(database).number(space) for _ in range(4)))
    assert len(set(numbers)) == 1


@pytest.mark.parametrize("table", ["vectors", "fresh_terms", "ordinals", "postings", "segments", "staged_chunks"])
async def test_everything_goes_with_the_corpus(database: Database, table: str) -> None:
    library = postgres_library(database, segment_from=2)
    reader = await filled(library, documents=3)
    await library.index.stage(await reader.batch(await reader.accepted(), "fox"))
    await database.rows("DELETE FROM knowledge_corpora WHERE id = $1", reader.corpora[0])
    assert await database.rows(f"SELECT FROM knowledge_{table}") == []


async def test_what_has_come_to_rest_is_put_together(database: Database) -> None:
    upkeep = Settling(database, segment_from=16)
    reader = await filled(postgres_library(database, segment_from=4), documents=23)
    before = await answers(reader)
    assert await upkeep.tidy() == 1
    assert await upkeep.tidy() == 0
    rows = await database.rows("SELECT chunk_count FROM knowledge_segments WHERE corpus_id = $1", reader.corpora[0])
    assert [row["chunk_count"] for row in rows] == [23]
    assert await answers(reader) == before


async def test_what_is_still_growing_is_left_alone(database: Database) -> None:
    reader = await filled(postgres_library(database, segment_from=4), documents=23)
    await reader.accepted()
    assert await Settling(database, segment_from=16).tidy() == 0
