"""Retrievals of a run, filtered by everything that they can be filtered by."""

import msgspec

from adapters.postgres.read_models import PostgresExecutionReads
from application.ports.read_models import Paging, RetrievalFilter
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import a_scene

EVENT = """
INSERT INTO execution_retrieval_events
    (execution_id, sequence, node_id, node_type, query, top_k, attempt, max_attempts, status, duration_ms, strategy,
     retriever_key, selected)
VALUES ($1, $2, $3, 'knowledge-retrieve', 'q', 8, 1, 1, $4, 5, $5, $6, $7)
"""


async def test_lists_retrievals_by_every_filter(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    run = await scene.accept()
    for sequence, event in enumerate(
        (
            ("a", "success", "merge", "dense", True),
            ("a", "empty", "merge", "lexical", False),
            ("b", "failed", None, None, None),
        ),
        1,
    ):
        await database.row(EVENT, run.id, sequence, *event)
    reads = PostgresExecutionReads(database, warn=lambda text: None)

    async def found(chosen: RetrievalFilter, paging: Paging | None = None) -> list[tuple[str, str]]:
        page = await reads.retrieval_events(run.id, scene.owner.id, chosen, paging or Paging(limit=50))
        return [(each["nodeId"], each["status"]) for each in msgspec.json.decode(page.items)]

    everything = [("b", "failed"), ("a", "empty"), ("a", "success")]
    assert await found(RetrievalFilter()) == everything
    assert await found(RetrievalFilter(node_id="a")) == everything[1:]
    assert await found(RetrievalFilter(status="empty")) == [("a", "empty")]
    assert await found(RetrievalFilter(strategy="merge", selected=True)) == [("a", "success")]
    assert await found(RetrievalFilter(selected=False)) == [("a", "empty")]
    assert await found(RetrievalFilter(retriever_key="dense")) == [("a", "success")]
    first = await reads.retrieval_events(run.id, scene.owner.id, RetrievalFilter(node_id="a"), Paging(limit=1))
    assert await found(RetrievalFilter(node_id="a"), Paging(limit=1, after=first.next)) == [("a", "success")]


async def test_lists_nothing_where_the_table_is_missing(url: str, connecting: Connecting) -> None:
    database = await connecting(url)
    scene = await a_scene(database)
    run = await scene.accept()
    warnings: list[str] = []
    reads = PostgresExecutionReads(database, warn=warnings.append)
    await database.rows("DROP TABLE execution_retrieval_events")
    for chosen in (RetrievalFilter(), RetrievalFilter(node_id="a", selected=True, status="empty")):
        page = await reads.retrieval_events(run.id, scene.owner.id, chosen, Paging(limit=50))
        assert (msgspec.json.decode(page.items), page.total, page.next) == ([], 0, None)
    assert len(warnings) == 1
