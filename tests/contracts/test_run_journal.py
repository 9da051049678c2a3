"""What workers write: fenced, resumable, exactly once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ports.read_models import Paging, RetrievalFilter
from application.ports.run_journal import Claim, Ending, Recollection
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.context import ContextPatch
from domain.executions.durable_memory import DurableWrite, MemoryOperation
from domain.executions.errors import LeaseLost
from domain.executions.execution import ExecutionStatus
from domain.executions.retrieval import RetrievalStatus
from domain.executions.step import StepStatus
from domain.ids import EdgeId
from domain.knowledge.scope import Scope, ScopeType
from domain.values.json import JsonObject
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import LEASE, Scene, a_scene
from tests.fakes.clock import NOON
from tests.make import a_context, a_retrieval, a_snapshot, a_step

COMPLETED = Ending(status=ExecutionStatus.COMPLETED, error=None, at=NOON)

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(texts, values, max_size=4)


async def record(scene: Scene, claim: Claim, sequence: int, node: str) -> None:
    snapshot = a_snapshot(sequence)
    await scene.store.journal.record(claim, a_step(sequence, node), checkpoint=a_context(), snapshots=[snapshot])


async def nodes_of(scene: Scene, claim: Claim) -> list[str]:
    async with scene.store.begin() as work:
        return list(await work.executions.recorded_nodes(claim.execution_id))


async def test_claims_nothing_when_nothing_waits(store: Keeping) -> None:
    await a_scene(store)
    assert await store.journal.claim("w1", lease=LEASE, max_claims=3) is None


async def test_claims_what_has_waited_longest_with_all_that_is_needed_to_work(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept({"late": 1}, at=NOON + timedelta(seconds=1))
    early = await scene.accept({"early": 1})
    claim = await scene.claim()
    assert (claim.execution_id, claim.owner_id, claim.workflow_id) == (early.id, scene.owner.id, scene.workflow.id)
    assert (claim.graph, claim.payload) == (scene.workflow.graph, {"early": 1})
    assert (claim.epoch, claim.is_resumed) == (1, False)
    stored = await scene.stored(early)
    assert (stored.status, stored.epoch, stored.claims) == (ExecutionStatus.RUNNING, 1, 1)
    assert stored.started_at == claim.started_at


async def test_gives_one_run_to_one_worker_only(store: Keeping) -> None:
    scene = await a_scene(store)
    for _ in range(4):
        await scene.accept()
    claims = await asyncio.gather(*(store.journal.claim(f"w{at}", lease=LEASE, max_claims=3) for at in range(8)))
    taken = [claim.execution_id for claim in claims if claim is not None]
    assert len(taken) == len(set(taken)) == 4


async def test_lets_nobody_take_over_before_the_lease_is_over(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    first = await scene.claim()
    assert await store.journal.claim("w2", lease=LEASE, max_claims=3) is None
    await store.expire_leases()
    second = await scene.claim("w2")
    assert (second.execution_id, second.epoch, second.is_resumed) == (first.execution_id, 2, True)
    assert second.started_at == first.started_at


async def test_stops_claiming_a_run_that_was_claimed_too_often(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    for _ in range(2):
        await scene.claim(max_claims=2)
        await store.expire_leases()
    assert await store.journal.claim("w", lease=LEASE, max_claims=2) is None


async def test_recalls_nothing_of_a_run_that_nobody_worked_on(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    assert await store.journal.recall(await scene.claim()) == Recollection()


async def test_recalls_what_was_recorded_in_order_with_the_last_checkpoint(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    claim = await scene.claim()
    failed = Attempt(number=1, status=AttemptStatus.FAILED, duration_ms=1, reason="no")
    done = Attempt(number=2, status=AttemptStatus.COMPLETED, duration_ms=2)
    first = a_step(1, "a", attempts=(failed, done), taken_edges=(EdgeId("a>b"), EdgeId("a>c")))
    second = a_step(2, "b", status=StepStatus.SKIPPED, input={}, output=None, error="why", attempts=(), taken_edges=())
    later = a_context({"a": 1}).patched(ContextPatch(memory={"x": [1, "ß"]}), at=NOON + timedelta(seconds=1))
    await store.journal.record(claim, first, checkpoint=a_context(), snapshots=[a_snapshot(1), a_snapshot(2)])
    await store.journal.record(claim, second, checkpoint=later, snapshots=[a_snapshot(3)])
    recalled = await store.journal.recall(claim)
    assert list(recalled.steps) == [first, second]
    assert recalled.context == later


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(objects, objects, objects)
async def test_recalls_any_json_as_it_was(
    store: Keeping, given_in: JsonObject, out: JsonObject, kept: JsonObject
) -> None:
    scene = await a_scene(store, f"{uuid4()}@example.com")
    run = await scene.accept(given_in)
    claim = await scene.claim()
    assert claim.payload == given_in
    assert list(claim.payload) == list(given_in)
    step = a_step(input=given_in, output=out)
    await store.journal.record(claim, step, checkpoint=a_context(kept), snapshots=[])
    recalled = await store.journal.recall(claim)
    assert (list(recalled.steps), recalled.context) == ([step], a_context(kept))
    await store.journal.finish(claim, COMPLETED, skipped=[], snapshots=[])
    assert (await scene.stored(run)).payload == given_in


async def test_records_a_step_once_although_it_is_written_twice(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    claim = await scene.claim()
    await record(scene, claim, 1, "a")
    await record(scene, claim, 1, "a")
    assert await nodes_of(scene, claim) == ["a"]
    assert len((await store.journal.recall(claim)).steps) == 1


async def test_lets_a_worker_that_was_replaced_write_nothing(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    old = await scene.claim()
    await store.expire_leases()
    new = await scene.claim("w2")
    with pytest.raises(LeaseLost):
        await record(scene, old, 1, "a")
    with pytest.raises(LeaseLost):
        await store.journal.finish(old, COMPLETED, skipped=[a_step(1, "a")], snapshots=[])
    assert await nodes_of(scene, new) == []
    assert (await scene.stored(run)).status is ExecutionStatus.RUNNING
    await record(scene, new, 1, "a")


async def test_lets_nobody_write_about_a_run_that_was_stopped(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    claim = await scene.claim()
    await scene.stop(run)
    with pytest.raises(LeaseLost):
        await record(scene, claim, 1, "a")
    with pytest.raises(LeaseLost):
        await store.journal.finish(claim, COMPLETED, skipped=[], snapshots=[])
    stored = await scene.stored(run)
    assert (stored.status, stored.error_message) == (ExecutionStatus.CANCELED, "Stopped by user")
    assert await nodes_of(scene, claim) == []


async def test_lets_nobody_write_about_a_run_that_was_removed(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    claim = await scene.claim()
    async with store.begin() as work:
        await work.workflows.remove(scene.workflow)
        await work.commit()
    with pytest.raises(LeaseLost):
        await record(scene, claim, 1, "a")


async def test_finishes_a_run_with_the_nodes_that_were_not_reached(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    claim = await scene.claim()
    await record(scene, claim, 1, "a")
    ending = Ending(status=ExecutionStatus.FAILED, error="because", at=NOON + timedelta(seconds=9))
    skipped = [a_step(at, node, status=StepStatus.SKIPPED, attempts=()) for at, node in ((2, "b"), (3, "c"))]
    await store.journal.finish(claim, ending, skipped=skipped, snapshots=[a_snapshot(2)])
    assert await nodes_of(scene, claim) == ["a", "b", "c"]
    stored = await scene.stored(run)
    assert (stored.status, stored.error_message, stored.finished_at) == (ExecutionStatus.FAILED, "because", ending.at)
    assert stored.lease is None
    with pytest.raises(LeaseLost):
        await store.journal.finish(claim, COMPLETED, skipped=[], snapshots=[])


async def test_renews_the_leases_of_what_is_still_owned_and_names_it(store: Keeping) -> None:
    scene = await a_scene(store)
    kept, stopped = await scene.accept(), await scene.accept(at=NOON + timedelta(seconds=1))
    claims = [await scene.claim(), await scene.claim()]
    await scene.stop(stopped)
    assert await store.journal.renew(claims, lease=LEASE) == {kept.id}
    await store.expire_leases()
    assert await store.journal.renew(claims, lease=LEASE) == {kept.id}
    assert await store.journal.claim("w2", lease=LEASE, max_claims=3) is None
    await store.expire_leases()
    await scene.claim("w2")
    assert await store.journal.renew(claims, lease=LEASE) == set()


async def test_hands_a_run_back_for_the_next_worker_without_counting_the_claim(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    claims = []
    for _ in range(5):
        claims.append(await scene.claim(max_claims=1))
        await store.journal.hand_back(claims[-1:])
        with pytest.raises(LeaseLost):
            await record(scene, claims[-1], 1, "a")
    assert (await scene.stored(run)).claims == 0
    await store.journal.hand_back(claims)
    assert (await scene.stored(run)).claims == 0


async def test_names_what_waits_the_oldest_first(store: Keeping) -> None:
    scene = await a_scene(store)
    runs = [await scene.accept(at=NOON + timedelta(seconds=at)) for at in (3, 1, 2)]
    assert await store.journal.waiting(limit=2) == [runs[1].id, runs[2].id]
    await scene.claim()
    assert await store.journal.waiting(limit=9) == [runs[2].id, runs[0].id]
    await store.expire_leases()
    assert await store.journal.waiting(limit=1) == [runs[1].id]


async def test_gives_up_all_leases_at_once(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    claim = await scene.claim()
    assert await store.journal.abandon_leases() == 1
    again = await scene.claim("w2")
    assert (again.execution_id, again.epoch) == (run.id, claim.epoch + 1)


REJECTED = Attempt(number=1, status=AttemptStatus.RETRY, duration_ms=3, reason="not good enough")


async def test_passes_over_whom_it_is_told_to_and_takes_the_oldest_of_the_others(store: Keeping) -> None:
    busy, idle = await a_scene(store), await a_scene(store, "bea@example.com")
    for at in range(3):
        await busy.accept(at=NOON + timedelta(seconds=at))
    others = [await idle.accept(at=NOON + timedelta(minutes=1, seconds=at)) for at in range(2)]

    async def claim() -> Claim | None:
        return await store.journal.claim("w", lease=LEASE, max_claims=3, passing_over=[busy.owner.id])

    claims = [await claim() for _ in range(3)]
    assert [each and each.execution_id for each in claims] == [others[0].id, others[1].id, None]
    assert await store.journal.claim("w", lease=LEASE, max_claims=3, passing_over=[idle.owner.id]) is not None


async def test_takes_turns_between_owners_however_many_runs_one_of_them_has_waiting(store: Keeping) -> None:
    many, few, late = [await a_scene(store, f"{name}@example.com") for name in ("ada", "bea", "cid")]
    for at in range(5):
        await many.accept(at=NOON + timedelta(seconds=at))
    for scene, minutes in ((few, 1), (few, 2), (late, 3)):
        await scene.accept(at=NOON + timedelta(minutes=minutes))
    claims = [await many.claim() for _ in range(7)]
    order = {many.owner.id: "many", few.owner.id: "few", late.owner.id: "late"}
    assert [order[claim.owner_id] for claim in claims] == ["many", "few", "late", "many", "few", "many", "many"]
    await store.journal.finish(claims[0], COMPLETED, skipped=[], snapshots=[])
    await late.accept(at=NOON + timedelta(minutes=4))
    assert (await many.claim()).owner_id == late.owner.id


async def test_counts_only_runs_that_are_really_at_work(store: Keeping) -> None:
    unlucky, other = await a_scene(store), await a_scene(store, "bea@example.com")
    for at in range(3):
        await unlucky.accept(at=NOON + timedelta(seconds=at))
    lost = [await unlucky.claim(), await unlucky.claim()]
    await store.expire_leases()
    await other.accept(at=NOON + timedelta(seconds=2))
    claims = [await unlucky.claim() for _ in range(3)]
    taken = [claim.execution_id for claim in claims]
    assert taken[0] == lost[0].execution_id
    assert claims[1].owner_id == other.owner.id
    assert taken[2] == lost[1].execution_id


async def test_takes_superseded_steps_off_the_record_and_keeps_them(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    claim = await scene.claim()
    for sequence, node in enumerate("ab", 1):
        await record(scene, claim, sequence, node)
    superseded = [a_step(2, "b", attempts=(REJECTED,), produced_keys=None), a_step(3, "c", attempts=(REJECTED,))]
    for _ in range(2):
        await store.journal.rewind(claim, superseded, checkpoint=a_context({"b": 1}), snapshots=[a_snapshot(3)])
    assert await nodes_of(scene, claim) == ["a"]
    recalled = await store.journal.recall(claim)
    assert ([step.node_id for step in recalled.steps], list(recalled.superseded)) == (["a"], superseded)
    assert recalled.context == a_context({"b": 1})


async def test_records_a_node_again_in_its_next_round_with_the_attempts_of_all(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    claim = await scene.claim()
    await store.journal.rewind(
        claim, [a_step(1, "a", attempts=(REJECTED,))], checkpoint=a_context(), snapshots=[a_snapshot(1)]
    )
    second = replace(REJECTED, number=2)
    superseded = [a_step(1, "a", round=2, attempts=(REJECTED, second))]
    await store.journal.rewind(claim, superseded, checkpoint=a_context(), snapshots=[a_snapshot(2)])
    done = Attempt(number=3, status=AttemptStatus.COMPLETED, duration_ms=3)
    third = a_step(1, "a", round=3, attempts=(REJECTED, second, done))
    await store.journal.record(claim, third, checkpoint=a_context(), snapshots=[a_snapshot(3)])
    recalled = await store.journal.recall(claim)
    assert list(recalled.steps) == [third]
    assert [len(step.attempts) for step in recalled.superseded] == [1, 2]


async def test_lets_a_worker_that_was_replaced_take_nothing_off_the_record(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    old = await scene.claim()
    await record(scene, old, 1, "a")
    await store.expire_leases()
    new = await scene.claim("w2")
    with pytest.raises(LeaseLost):
        await store.journal.rewind(old, [a_step(1, "a")], checkpoint=a_context(), snapshots=[])
    assert await nodes_of(scene, new) == ["a"]


async def test_keeps_what_a_step_looked_up_once_although_it_is_written_twice(store: Keeping) -> None:
    scene = await a_scene(store)
    run = await scene.accept()
    claim = await scene.claim()
    scope = Scope(type=ScopeType.WORKFLOW, workflow_id=scene.workflow.id)
    event = a_retrieval(scope=scope, query="why?")
    later = a_retrieval(status=RetrievalStatus.FAILED, selected=None, error="no answer", attempt=2)
    for _ in range(2):
        step = a_step(1, "a", retrievals=(event, later))
        await store.journal.record(claim, step, checkpoint=a_context(), snapshots=[])
    page = await store.executions.retrieval_events(run.id, scene.owner.id, RetrievalFilter(), Paging(limit=10))
    newest, oldest = msgspec.json.decode(page.items)
    assert (newest["status"], newest["errorMessage"], newest["selected"]) == ("failed", "no answer", None)
    told = (oldest["query"], oldest["scopeType"], oldest["workflowIdScope"], oldest["corpusId"], oldest["branchIndex"])
    assert told == ("why?", "workflow", str(scene.workflow.id), None, 1)


def counting() -> tuple[DurableWrite, ...]:
    return (DurableWrite.of("count", MemoryOperation.INCREMENT, 1, previous=None),)


async def test_keeps_what_a_step_wrote_for_later_runs_once_however_often_it_is_recorded(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    claim = await scene.claim()
    step = a_step(1, "a", durable=counting())
    for _ in range(3):
        await store.journal.record(claim, step, checkpoint=a_context(), snapshots=[])
    assert (await store.memory.recall(scene.workflow.id, "count")).value == 1
    await store.journal.record(claim, a_step(2, "b", durable=counting()), checkpoint=a_context(), snapshots=[])
    assert (await store.memory.recall(scene.workflow.id, "count")).value == 2


async def test_keeps_nothing_for_later_runs_of_who_lost_the_run(store: Keeping) -> None:
    scene = await a_scene(store)
    await scene.accept()
    lost = await scene.claim()
    await store.expire_leases()
    await scene.claim("w2")
    with pytest.raises(LeaseLost):
        await store.journal.record(lost, a_step(1, "a", durable=counting()), checkpoint=a_context(), snapshots=[])
    assert await store.memory.entries(scene.workflow.id) == []


async def test_loses_nothing_that_two_runs_of_a_workflow_write_at_once(store: Keeping) -> None:
    scene = await a_scene(store)
    for at in range(6):
        await scene.accept(at=NOON + timedelta(seconds=at))
    claims = [await scene.claim(f"w{at}") for at in range(6)]
    step = a_step(1, "a", durable=counting())
    await asyncio.gather(*(store.journal.record(each, step, checkpoint=a_context(), snapshots=[]) for each in claims))
    assert (await store.memory.recall(scene.workflow.id, "count")).value == 6
