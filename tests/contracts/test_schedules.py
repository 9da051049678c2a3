"""Schedules are kept, claimed when they are due, and settled once; with a tick comes its run."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from application.ports.schedule_repository import DueSchedule
from application.schedules.derive_missing_schedules import DeriveMissingSchedules
from domain.executions.execution import ExecutionStatus, TriggerSource
from domain.ids import ExecutionId, NodeId, ScheduleId, WorkflowId
from domain.schedules.errors import ScheduleNotFound
from domain.schedules.schedule import MissedPolicy, OverlapPolicy, Plan, Schedule
from domain.schedules.settlement import Settlement
from domain.schedules.specification import Cron, Interval
from domain.schedules.tick import Tick, TickOutcome
from domain.values.timestamps import timestamp
from domain.workflows.errors import WorkflowNotFound
from domain.workflows.workflow import WorkflowStatus
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import Scene, a_scene
from tests.fakes.clock import NOON, FakeClock
from tests.scheduling import deriving, triggered

LONG_AGO = datetime(2020, 2, 29, 1, 2, 3, 4000, tzinfo=UTC)
HOURLY = Interval(period=timedelta(hours=1))


def a_schedule(workflow_id: WorkflowId, node: str = "a", **parts: Any) -> Schedule:
    plan = {name: parts.pop(name) for name in ("specification", "on_missed", "on_overlap") if name in parts}
    usual: dict[str, Any] = {"since": LONG_AGO, "next_fire_at": LONG_AGO}
    return Schedule(
        id=ScheduleId(uuid4()),
        workflow_id=workflow_id,
        plan=Plan(node_id=NodeId(node), **{"specification": HOURLY, **plan}),
        **usual | parts,
    )


def fired(at: datetime = LONG_AGO) -> Tick:
    return Tick(fire_at=at, outcome=TickOutcome.FIRED, execution_id=ExecutionId(uuid4()), settled_at=NOON)


def passed_over(at: datetime = LONG_AGO, outcome: TickOutcome = TickOutcome.MISSED) -> Tick:
    return Tick(fire_at=at, outcome=outcome, settled_at=NOON)


async def scheduled(scene: Scene, *wanted: Schedule) -> None:
    async with scene.store.begin() as work:
        await work.schedules.replace(scene.workflow.id, wanted)
        await work.commit()


async def kept(scene: Scene) -> Sequence[Schedule]:
    async with scene.store.begin() as work:
        return await work.schedules.of_workflow(scene.workflow.id)


async def ticks(scene: Scene, limit: int = 100) -> Sequence[tuple[ScheduleId, Tick]]:
    async with scene.store.begin() as work:
        return await work.schedules.ticks_of(scene.workflow.id, limit=limit)


async def due(store: Keeping, limit: int = 100) -> Sequence[DueSchedule]:
    async with store.begin() as work:
        return await work.schedules.claim_due(limit=limit)


async def settled(
    scene: Scene, schedule: Schedule, *its: Tick, next_fire_at: datetime | None = None
) -> Sequence[ExecutionId]:
    async with scene.store.begin() as work:
        started = await work.schedules.settle([Settlement(schedule=schedule, ticks=its, next_fire_at=next_fire_at)])
        await work.commit()
    return started


async def held_back(scene: Scene, schedule: Schedule, error: str = "no luck") -> None:
    async with scene.store.begin() as work:
        await work.schedules.hold_back(schedule, error)
        await work.commit()


async def test_keeps_all_that_a_schedule_says(store: Keeping) -> None:
    scene = await a_scene(store)
    cron = Cron(expression="*/5 1-3 * * MON#1", timezone="America/Argentina/ComodRivadavia")
    policies = {"on_missed": MissedPolicy.LATEST, "on_overlap": OverlapPolicy.SKIP}
    first = a_schedule(scene.workflow.id, "a", specification=cron, paused_at=NOON, failures=3, **policies)
    second = a_schedule(scene.workflow.id, "b", next_fire_at=None, on_missed=MissedPolicy.ALL)
    await scheduled(scene, second, first)
    assert await kept(scene) == sorted([first, second], key=lambda each: each.id)
    async with store.begin() as work:
        assert await work.schedules.of_workflow_to_change(scene.workflow.id) == await kept(scene)
        assert await work.schedules.get(second.id, scene.workflow.id) == second


async def test_is_found_only_with_its_workflow(store: Keeping) -> None:
    scene, other = await a_scene(store), await a_scene(store, "grace@example.com")
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    async with store.begin() as work:
        with pytest.raises(ScheduleNotFound):
            await work.schedules.get(schedule.id, other.workflow.id)
        with pytest.raises(ScheduleNotFound):
            await work.schedules.get(ScheduleId(uuid4()), scene.workflow.id)
    assert await kept(other) == []


async def test_replacing_changes_what_stays_and_takes_the_rest_along_with_its_ticks(store: Keeping) -> None:
    scene, other = await a_scene(store), await a_scene(store, "grace@example.com")
    stays, goes, elsewhere = (
        a_schedule(scene.workflow.id, "a"),
        a_schedule(scene.workflow.id, "b"),
        a_schedule(other.workflow.id, "a"),
    )
    await scheduled(scene, stays, goes)
    await scheduled(other, elsewhere)
    await settled(scene, stays, fired())
    await settled(scene, goes, fired())
    changed = replace(stays, next_fire_at=NOON, plan=replace(stays.plan, specification=Cron(expression="* * * * *")))
    successor = a_schedule(scene.workflow.id, "b")
    await scheduled(scene, changed, successor)
    assert {each.id: each for each in await kept(scene)} == {stays.id: changed, successor.id: successor}
    assert [schedule_id for schedule_id, _ in await ticks(scene)] == [stays.id]
    assert await kept(other) == [elsewhere]


async def test_refuses_schedules_of_a_workflow_that_is_gone(store: Keeping) -> None:
    gone = WorkflowId(uuid4())
    async with store.begin() as work:
        with pytest.raises(WorkflowNotFound):
            await work.schedules.replace(gone, [a_schedule(gone)])


async def test_saves_one_and_minds_no_absence(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    async with store.begin() as work:
        await work.schedules.save(replace(schedule, paused_at=NOON))
        await work.schedules.save(a_schedule(scene.workflow.id, "b"))
        await work.commit()
    assert await kept(scene) == [replace(schedule, paused_at=NOON)]


async def test_goes_with_its_workflow(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    await settled(scene, schedule, fired(), next_fire_at=LONG_AGO)
    async with store.begin() as work:
        await work.workflows.remove(scene.workflow)
        await work.commit()
    assert (await kept(scene), await ticks(scene), await due(store)) == ([], [], [])


async def test_claims_what_is_due_by_the_clock_of_the_store_the_longest_overdue_first(store: Keeping) -> None:
    scene = await a_scene(store)
    now = await time_of(store, scene)
    late, later, latest = (
        a_schedule(scene.workflow.id, name, next_fire_at=now - timedelta(hours=hours))
        for name, hours in (("a", 3), ("b", 2), ("c", 1))
    )
    future = a_schedule(scene.workflow.id, "d", next_fire_at=now + timedelta(hours=1))
    never = a_schedule(scene.workflow.id, "e", next_fire_at=None)
    await scheduled(scene, later, future, latest, never, late)
    found = await due(store)
    assert [each.schedule for each in found] == [late, later, latest]
    assert all(now <= each.now < now + timedelta(minutes=5) for each in found)
    assert [each.schedule for each in await due(store, limit=2)] == [late, later]


async def test_what_is_on_time_comes_first_whatever_there_is_to_catch_up_with_and_nothing_starves(
    store: Keeping,
) -> None:
    scene = await a_scene(store)
    now = await time_of(store, scene)
    late = [a_schedule(scene.workflow.id, f"late {at}") for at in range(10)]
    on_time = [a_schedule(scene.workflow.id, f"on time {at}", next_fire_at=now) for at in range(10)]
    await scheduled(scene, *late, *on_time[:1])
    assert [each.schedule for each in await due(store, limit=4)].count(on_time[0]) == 1
    assert len(await due(store, limit=4)) == 4
    await scheduled(scene, *late, *on_time)
    found = [each.schedule for each in await due(store, limit=8)]
    assert len([each for each in found if each in on_time]) == 8
    assert len([each for each in found if each in late]) == 2
    (one,) = await due(store, limit=1)
    assert one.schedule in on_time


async def time_of(store: Keeping, scene: Scene) -> datetime:
    await scheduled(scene, a_schedule(scene.workflow.id, "probe"))
    (probe,) = await due(store)
    await scheduled(scene)
    return probe.now


async def test_starts_a_run_frozen_from_its_workflow_for_each_tick_that_fired(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    tick, missed = fired(LONG_AGO), passed_over(LONG_AGO + timedelta(hours=1))
    assert await settled(scene, schedule, tick, missed, next_fire_at=NOON) == [tick.execution_id]
    assert tick.execution_id is not None
    async with store.begin() as work:
        run = await work.executions.get(tick.execution_id, scene.owner.id)
    assert (run.workflow_id, run.workflow_version, run.graph) == (scene.workflow.id, 1, scene.workflow.graph)
    assert (run.trigger, run.status) == (TriggerSource.SCHEDULE, ExecutionStatus.PENDING)
    assert run.payload == {"_trigger": "schedule", "_scheduledAt": timestamp(LONG_AGO)}
    assert run.created_at == NOON
    assert [each for _, each in await ticks(scene)] == [missed, tick]
    assert [each.next_fire_at for each in await kept(scene)] == [NOON]


async def test_forgets_a_settlement_that_was_not_committed_run_and_all(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    async with store.begin() as work:
        await work.schedules.settle([Settlement(schedule=schedule, ticks=(fired(),), next_fire_at=NOON)])
    async with store.begin() as work:
        assert await work.executions.unfinished_of(scene.workflow.id) == []
    assert (await kept(scene), await ticks(scene)) == ([schedule], [])


async def test_settles_a_tick_once(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    first = fired()
    await settled(scene, schedule, first, next_fire_at=LONG_AGO)
    assert await settled(scene, schedule, fired(), next_fire_at=NOON) == []
    assert [each for _, each in await ticks(scene)] == [first]
    async with store.begin() as work:
        assert [each.id for each in await work.executions.unfinished_of(scene.workflow.id)] == [first.execution_id]


async def test_keeps_what_several_ticks_in_a_row_had_in_common(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    together = replace(passed_over(outcome=TickOutcome.PAUSED), until=LONG_AGO + timedelta(hours=9))
    await settled(scene, schedule, together)
    assert [each for _, each in await ticks(scene)] == [together]


async def test_tells_the_last_ticks_of_each_schedule_the_newest_first(store: Keeping) -> None:
    scene = await a_scene(store)
    one, other = a_schedule(scene.workflow.id, "a"), a_schedule(scene.workflow.id, "b")
    await scheduled(scene, one, other)
    of_one = [passed_over(LONG_AGO + timedelta(hours=at)) for at in range(5)]
    await settled(scene, one, *of_one)
    await settled(scene, other, of_one[0])
    told = await ticks(scene, limit=3)
    assert [tick for schedule_id, tick in told if schedule_id == one.id] == [of_one[4], of_one[3], of_one[2]]
    assert [tick for schedule_id, tick in told if schedule_id == other.id] == [of_one[0]]


async def test_keeps_the_last_fifty_ticks_and_those_whose_runs_go_on(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    going_on = fired()
    await settled(scene, schedule, going_on)
    for at in range(1, 103):
        await settled(scene, schedule, passed_over(LONG_AGO + timedelta(hours=at)))
    left = [tick for _, tick in await ticks(scene, limit=1000)]
    assert 51 <= len(left) <= 53
    assert left[0].fire_at == LONG_AGO + timedelta(hours=102)
    assert left[-1] == going_on


async def test_knows_whether_a_run_goes_on_where_runs_must_not_overlap(store: Keeping) -> None:
    scene = await a_scene(store)
    careful = a_schedule(scene.workflow.id, "a", on_overlap=OverlapPolicy.SKIP)
    careless = a_schedule(scene.workflow.id, "b")
    await scheduled(scene, careful, careless)
    tick = fired()
    for schedule in (careful, careless):
        assert not any(each.is_busy for each in await due(store))
        its = tick if schedule is careful else fired()
        await settled(scene, schedule, its, next_fire_at=LONG_AGO)
        if schedule is careful:
            assert {each.schedule.id: each.is_busy for each in await due(store)} == {
                careful.id: True,
                careless.id: False,
            }
            assert its.execution_id is not None
            async with store.begin() as work:
                run = await work.executions.get(its.execution_id, scene.owner.id)
                await work.executions.end(run.stopped(at=NOON), skipped=(), snapshots=())
                await work.commit()
    assert not any(each.is_busy for each in await due(store))


async def test_holds_back_what_failed_says_why_and_makes_up_for_it_later(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    await held_back(scene, schedule)
    assert await due(store) == []
    assert [each.failures for each in await kept(scene)] == [1]
    ((_, failed),) = await ticks(scene)
    assert (failed.fire_at, failed.outcome, failed.error) == (LONG_AGO, TickOutcome.FAILED, "no luck")
    tick = fired()
    assert await settled(scene, schedule, tick, next_fire_at=LONG_AGO) == [tick.execution_id]
    assert [each for _, each in await ticks(scene)] == [tick]
    assert [each.failures for each in await kept(scene)] == [0]
    assert [each.schedule.id for each in await due(store)] == [schedule.id]


async def test_tells_why_what_is_tried_again_failed(store: Keeping) -> None:
    scene = await a_scene(store)
    failing, other = a_schedule(scene.workflow.id, "a"), a_schedule(scene.workflow.id, "b")
    await scheduled(scene, failing, other)
    await held_back(scene, failing)
    async with store.begin() as work:
        claimed = await work.schedules.claim(failing.id)
        assert claimed is not None
        assert (claimed.schedule.id, claimed.error) == (failing.id, "no luck")
    assert [(each.schedule.id, each.error) for each in await due(store)] == [(other.id, None)]
    assert [tick.is_tried_again for _, tick in await ticks(scene)] == [True]
    async with store.begin() as work:
        await work.schedules.save(replace(failing, failures=1, paused_at=NOON))
        await work.commit()
    assert [tick.is_tried_again for _, tick in await ticks(scene)] == [False]
    async with store.begin() as work:
        await work.schedules.save(replace(failing, next_fire_at=NOON))
        await work.commit()
    assert [(tick.is_tried_again, tick.error) for _, tick in await ticks(scene)] == [(False, "no luck")]


async def test_claims_one_only_when_it_is_due(store: Keeping) -> None:
    scene = await a_scene(store)
    now = await time_of(store, scene)
    due_now = a_schedule(scene.workflow.id, "a")
    later = a_schedule(scene.workflow.id, "b", next_fire_at=now + timedelta(hours=1))
    never = a_schedule(scene.workflow.id, "c", next_fire_at=None)
    await scheduled(scene, due_now, later, never)
    async with store.begin() as work:
        found = await work.schedules.claim(due_now.id)
        assert found is not None
        assert (found.schedule, found.is_busy, found.error) == (due_now, False, None)
        assert now <= found.now < now + timedelta(minutes=5)
        for each in (later.id, never.id, ScheduleId(uuid4())):
            assert await work.schedules.claim(each) is None


async def test_keeps_why_ticks_were_missed(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    missed = replace(passed_over(), error="the disk was full")
    await settled(scene, schedule, missed)
    assert [each for _, each in await ticks(scene)] == [missed]


async def test_knows_when_a_run_that_was_started_has_been_removed(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    tick = fired()
    await settled(scene, schedule, tick)
    assert tick.execution_id is not None
    async with store.begin() as work:
        await work.executions.remove(tick.execution_id)
        await work.commit()
    assert [each for _, each in await ticks(scene)] == [replace(tick, execution_id=None, run_is_gone=True)]


async def test_knows_when_a_run_that_was_started_has_been_removed_for_its_age(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    going_on, over = fired(NOON), fired()
    await settled(scene, schedule, going_on, over)
    assert over.execution_id is not None
    async with store.begin() as work:
        run = await work.executions.get(over.execution_id, scene.owner.id)
        await work.executions.end(run.stopped(at=NOON), skipped=(), snapshots=())
        await work.commit()
    assert await store.old_runs.remove(ended_before=NOON + timedelta(days=1), limit=10) == 1
    assert [each for _, each in await ticks(scene)] == [
        going_on,
        replace(over, execution_id=None, run_is_gone=True),
    ]


async def test_saving_a_workflow_lets_what_was_held_back_try_again(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, schedule)
    await held_back(scene, schedule)
    await scheduled(scene, *await kept(scene))
    assert [each.schedule.id for each in await due(store)] == [schedule.id]


async def test_a_failure_that_others_have_overtaken_holds_nothing_back(store: Keeping) -> None:
    scene = await a_scene(store)
    schedule = a_schedule(scene.workflow.id)
    await scheduled(scene, replace(schedule, next_fire_at=LONG_AGO + timedelta(hours=1)))
    await held_back(scene, schedule)
    assert len(await due(store)) == 1
    assert await ticks(scene) == []


async def test_derives_what_was_saved_before_there_were_schedules_once(store: Keeping) -> None:
    scene = await a_scene(store, graph=triggered(intervalMs="60000"))
    async with store.begin() as work:
        stored = await work.workflows.get(scene.workflow.id, scene.owner.id)
        active = replace(stored, status=WorkflowStatus.ACTIVE).saved(at=NOON)
        await work.workflows.save(active, was_revision=stored.revision)
        await work.commit()
    await store.forget_schedules(scene.workflow.id)
    derive = DeriveMissingSchedules(begin=store.begin, clock=FakeClock(), derive_schedules=deriving())
    assert await derive() == 1
    (schedule,) = await kept(scene)
    assert schedule.plan.specification == Interval(period=timedelta(minutes=1))
    assert schedule.next_fire_at == NOON + timedelta(minutes=1)
    assert await derive() == 0
    assert await kept(scene) == [schedule]
