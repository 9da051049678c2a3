"""Whoever walks a list by cursor sees everything once, whatever happens meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from application.ports.cursor import InvalidCursor
from application.ports.read_models import AttemptFilter, Page, Paging, RetrievalFilter, SnapshotFilter
from domain.accounts.user import User
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.errors import ExecutionNotFound
from domain.executions.execution import Execution
from domain.executions.snapshot import SnapshotReason
from domain.ids import ExecutionId
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import somebody
from tests.fakes.clock import NOON
from tests.make import a_context, a_snapshot, a_step, a_workflow, an_execution

List = Callable[[Paging], Awaitable[Page]]
SECOND = timedelta(seconds=1)


def ids(page: Page) -> list[str]:
    return [each.get("id") or each["executionId"] for each in msgspec.json.decode(page.items)]


async def walked(list_: List, limit: int) -> list[str]:
    page = await list_(Paging(limit=limit))
    seen = ids(page)
    while page.next is not None:
        page = await list_(Paging(limit=limit, after=page.next))
        assert page.total is None
        seen += ids(page)
    return seen


async def every_list(store: Keeping) -> dict[str, List]:
    """Seven workflows, seven waiting runs and one that was worked on, several of them at the same moment."""
    ada = await somebody(store)
    workflows = [a_workflow(ada, at=NOON + SECOND * (at // 3)) for at in range(7)]
    runs = [an_execution(workflows[0], at=NOON + SECOND * (at // 3)) for at in range(7)]
    async with store.begin() as work:
        for workflow in workflows:
            await work.workflows.add(workflow)
        await work.executions.add(runs[0])
        await work.commit()
    claim = await store.journal.claim("w", lease=SECOND * 60, max_claims=3)
    assert claim is not None
    for sequence in range(1, 5):
        attempts = tuple(
            Attempt(number=number, status=status, duration_ms=1)
            for number, status in enumerate((AttemptStatus.RETRY, AttemptStatus.COMPLETED), 1)
        )
        step = a_step(sequence, f"n{sequence}", attempts=attempts)
        await store.journal.record(claim, step, checkpoint=a_context(), snapshots=[a_snapshot(sequence)])
    async with store.begin() as work:
        for run in runs[1:]:
            await work.executions.add(run)
        await work.commit()
    reads = store.executions
    return {
        "workflows": lambda paging: store.workflows.mine(ada.id, paging),
        "runs": lambda paging: reads.of_workflow(workflows[0].id, ada.id, paging),
        "active": lambda paging: reads.active(ada.id, paging),
        "attempts": lambda paging: reads.attempts(runs[0].id, ada.id, AttemptFilter(), paging),
        "snapshots": lambda paging: reads.snapshots(runs[0].id, ada.id, SnapshotFilter(), paging),
    }


async def test_walks_every_list_by_cursor_in_the_order_of_its_pages(store: Keeping) -> None:
    for name, list_ in (await every_list(store)).items():
        whole = await list_(Paging(limit=100))
        assert whole.next is None, name
        assert whole.total == len(ids(whole)) >= 4, name
        for limit in (1, 2, 3, 7):
            assert await walked(list_, limit) == ids(whole), (name, limit)


async def test_ends_exactly_where_a_full_page_was_the_last(store: Keeping) -> None:
    for name, list_ in (await every_list(store)).items():
        whole = await list_(Paging(limit=100))
        assert whole.total is not None
        assert (await list_(Paging(limit=whole.total))).next is None, name
        assert (await list_(Paging(limit=whole.total - 1))).next is not None, name


async def test_walks_on_past_what_was_added_meanwhile(store: Keeping) -> None:
    ada = await somebody(store)
    old = [a_workflow(ada, at=NOON + SECOND * at) for at in range(4)]
    async with store.begin() as work:
        for workflow in old:
            await work.workflows.add(workflow)
        await work.commit()
    first = await store.workflows.mine(ada.id, Paging(limit=2))
    async with store.begin() as work:
        await work.workflows.add(a_workflow(ada, at=NOON + SECOND * 9))
        await work.commit()
    rest = await store.workflows.mine(ada.id, Paging(limit=2, after=first.next))
    assert ids(first) + ids(rest) == [str(each.id) for each in reversed(old)]


async def test_refuses_cursors_that_are_none_of_its_own(store: Keeping) -> None:
    lists = await every_list(store)
    of_attempts = (await lists["attempts"](Paging(limit=1))).next
    assert of_attempts is not None
    for name in lists.keys() - {"attempts"}:
        for cursor in (of_attempts, "", "nonsense", "AAAA", "=", "ünder", of_attempts[:-1], "d29ya2Zsb3dz"):
            with pytest.raises(InvalidCursor):
                await lists[name](Paging(limit=1, after=cursor or "%"))


async def a_run(store: Keeping, owner: User) -> Execution:
    workflow = a_workflow(owner)
    run = an_execution(workflow)
    async with store.begin() as work:
        await work.workflows.add(workflow)
        await work.executions.add(run)
        await work.commit()
    return run


async def test_lists_attempts_of_a_node_or_an_outcome(store: Keeping) -> None:
    ada = await somebody(store)
    run = await a_run(store, ada)
    claim = await store.journal.claim("w", lease=SECOND * 60, max_claims=3)
    assert claim is not None
    for sequence, statuses in enumerate(((AttemptStatus.RETRY, AttemptStatus.COMPLETED), (AttemptStatus.FAILED,)), 1):
        attempts = tuple(Attempt(number=at, status=each, duration_ms=1) for at, each in enumerate(statuses, 1))
        step = a_step(sequence, f"n{sequence}", attempts=attempts)
        await store.journal.record(claim, step, checkpoint=a_context(), snapshots=[])

    async def found(**chosen: Any) -> list[tuple[str, int, str]]:
        page = await store.executions.attempts(run.id, ada.id, AttemptFilter(**chosen), Paging(limit=50))
        listed = msgspec.json.decode(page.items)
        assert page.total == len(listed)
        return [(each["nodeId"], each["attempt"], each["status"]) for each in listed]

    assert await found() == [("n2", 1, "failed"), ("n1", 2, "completed"), ("n1", 1, "retry")]
    assert await found(node_id="n1") == [("n1", 2, "completed"), ("n1", 1, "retry")]
    assert await found(status="retry") == [("n1", 1, "retry")]
    assert await found(node_id="n2", status="retry") == []


async def test_lists_snapshots_of_a_reason(store: Keeping) -> None:
    ada = await somebody(store)
    run = await a_run(store, ada)
    claim = await store.journal.claim("w", lease=SECOND * 60, max_claims=3)
    assert claim is not None
    first = a_snapshot(1)
    opening = type(first)(sequence=1, reason=SnapshotReason.INIT, context=first.context, created_at=first.created_at)
    await store.journal.record(claim, a_step(1), checkpoint=a_context(), snapshots=[opening, a_snapshot(2)])
    for reason, sequences in ((None, [2, 1]), ("init", [1]), ("step", [2]), ("error", [])):
        page = await store.executions.snapshots(run.id, ada.id, SnapshotFilter(reason=reason), Paging(limit=50))
        assert [each["sequence"] for each in msgspec.json.decode(page.items)] == sequences


async def test_hides_what_other_peoples_runs_left_behind(store: Keeping) -> None:
    ada, grace = await somebody(store), await somebody(store, "grace@example.com")
    run = await a_run(store, ada)
    paging, reads = Paging(limit=50), store.executions
    for execution_id, owner in ((run.id, grace), (ExecutionId(uuid4()), ada)):
        with pytest.raises(ExecutionNotFound):
            await reads.attempts(execution_id, owner.id, AttemptFilter(), paging)
        with pytest.raises(ExecutionNotFound):
            await reads.retrieval_events(execution_id, owner.id, RetrievalFilter(), paging)
        with pytest.raises(ExecutionNotFound):
            await reads.snapshots(execution_id, owner.id, SnapshotFilter(), paging)
    for empty in (
        await reads.attempts(run.id, ada.id, AttemptFilter(), paging),
        await reads.retrieval_events(run.id, ada.id, RetrievalFilter(selected=True, status="empty"), paging),
        await reads.snapshots(run.id, ada.id, SnapshotFilter(), paging),
    ):
        assert (msgspec.json.decode(empty.items), empty.total, empty.next) == ([], 0, None)
