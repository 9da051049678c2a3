"""A search reads one moment: what is replaced meanwhile is found as it was or as it is."""

from collections.abc import Sequence
from uuid import uuid4

import asyncpg
import pytest

from adapters.postgres.database import Database, Snapshot
from adapters.postgres.knowledge_search import MATCHES
from adapters.postgres.search_scope import CORPORA
from adapters.postgres.term_lists import HOLDINGS
from application.ports.knowledge import SearchMode
from domain.errors import Unavailable
from tests.adapters.postgres.conftest import Connecting
from tests.contracts.libraries import ADD_USER, postgres_library


@pytest.mark.parametrize("mode", SearchMode)
@pytest.mark.parametrize("after", [CORPORA, HOLDINGS, MATCHES], ids=["scope", "postings", "matches"])
@pytest.mark.parametrize("segment_from", [2, 1000], ids=["settled", "fresh"])
@pytest.mark.parametrize("side_by_side", [0, 1000], ids=["at the same time", "one by one"])
async def test_a_document_that_is_replaced_meanwhile_never_disappears(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    mode: SearchMode,
    after: str,
    segment_from: int,
    side_by_side: int,
) -> None:
    library = postgres_library(database, segment_from=segment_from, side_by_side=side_by_side)
    reader = await library.reader()
    for each in range(4):
        await reader.read(f"an owl and a badger {each}")
    document = await reader.read("a red fox", "another red fox")
    asked, waiting = Snapshot.rows, [True]

    async def replaced() -> None:
        await library.process_again(document)
        assert await library.index.publish([await reader.batch(document, "the red fox of today", epoch=2)])

    async def interrupted(self: Snapshot, wanted: str, *values: object) -> Sequence[asyncpg.Record]:
        if wanted == MATCHES == after and waiting and waiting.pop():
            await replaced()
        rows = await asked(self, wanted, *values)
        if wanted == after and waiting and waiting.pop():
            await replaced()
        return rows

    monkeypatch.setattr(Snapshot, "rows", interrupted)
    found = {match.content for match in await reader.found("red fox", mode=mode) if match.document_id == document}
    assert found == {"a red fox", "another red fox"}
    if waiting:
        await replaced()
    assert "the red fox of today" in {match.content for match in await reader.found("red fox", mode=mode)}


async def test_a_search_that_is_broken_off_leaves_no_transaction_behind(database: Database) -> None:
    async def broken_off() -> None:
        async with database.snapshot() as snapshot:
            await snapshot.rows("SELECT 1")
            raise Unavailable("gone")

    for _ in range(30):
        with pytest.raises(Unavailable, match="gone"):
            await broken_off()
    rows = await database.rows("SELECT count(*) AS open FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
    assert rows[0]["open"] == 0


async def test_what_is_asked_beside_a_snapshot_is_of_the_same_moment(database: Database) -> None:
    async with database.snapshot() as snapshot:
        before = await snapshot.rows("SELECT count(*) FROM users")
        await database.rows(ADD_USER, uuid4(), "late@example.com")
        async with database.beside(snapshot) as other:
            assert other is not None
            assert await other.rows("SELECT count(*) FROM users") == before
    assert await database.rows("SELECT count(*) FROM users") != before


async def test_nobody_who_holds_a_connection_waits_for_another(url: str, connecting: Connecting) -> None:
    database = await connecting(url, size=2)
    async with database.snapshot() as snapshot, database.beside(snapshot) as other:
        assert other is not None
        async with database.beside(snapshot) as third:
            assert third is None


async def test_legs_that_go_at_the_same_time_end_together_when_one_of_them_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = postgres_library(database, side_by_side=0)
    reader = await library.reader()
    await reader.read("a red fox")
    asked = Snapshot.rows

    async def failing(self: Snapshot, wanted: str, *values: object) -> Sequence[asyncpg.Record]:
        if wanted == HOLDINGS:
            raise Unavailable("gone")
        return await asked(self, wanted, *values)

    with monkeypatch.context() as patched:
        patched.setattr(Snapshot, "rows", failing)
        for _ in range(10):
            with pytest.raises(Unavailable, match="gone"):
                await reader.found("red fox")
    assert len(await reader.found("red fox")) == 1
