"""What is due runs once; what does not run has a reason; nothing that fails holds up the rest."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from application.ports.job_queue import ExecutionReady
from application.schedules.timetables import Timetables
from domain.errors import Unavailable
from domain.executions.execution import TriggerSource
from domain.schedules.errors import ScheduleNotFound, TimeZoneUnknownHere
from domain.schedules.fire_times import FireTimes
from domain.schedules.schedule import Schedule, ScheduleState
from domain.schedules.specification import Cron
from domain.schedules.tick import TickOutcome
from domain.values.timestamps import timestamp
from domain.workflows.errors import WorkflowNotFound
from tests.make import a_graph, a_node, a_user
from tests.scheduling import CALENDAR, TIMETABLES, triggered
from tests.unit.application.schedules.scene import Scene

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


async def test_a_due_schedule_starts_a_run_and_rings() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    due = scene.clock.now() + MINUTE
    assert await scene.after(MINUTE - SECOND) == 0
    assert await scene.after(2 * SECOND) == 1
    (run,) = scene.runs
    assert (run.workflow_id, run.trigger) == (workflow.id, TriggerSource.SCHEDULE)
    assert run.payload == {"_trigger": "schedule", "_scheduledAt": timestamp(due)}
    assert scene.queue.rings == [ExecutionReady(run.id)]
    (shown,) = await scene.shown(workflow)
    assert [(tick.fire_at, tick.outcome, tick.execution_id) for tick in shown.ticks] == [
        (due, TickOutcome.FIRED, run.id)
    ]
    assert shown.schedule.next_fire_at == due + MINUTE
    assert shown.upcoming[0] == due + MINUTE


async def test_looking_twice_starts_nothing_twice() -> None:
    scene = Scene()
    await scene.draw(triggered(cron="*/2 * * * * *"))
    for _ in range(20):
        await scene.after(SECOND)
        await scene.firing()
    assert [run.payload["_scheduledAt"] for run in scene.runs] == [
        timestamp(scene.clock.now() - timedelta(seconds=back)) for back in range(18, -1, -2)
    ]


async def test_several_triggers_of_a_workflow_fire_each_on_its_own() -> None:
    scene = Scene()
    nodes = {name: a_node(name, "schedule-trigger", {"cron": f"{name} * * * *"}) for name in ("1", "2")}
    await scene.draw(a_graph("1", "2", nodes=nodes))
    assert [await scene.after(MINUTE) for _ in range(4)] == [1, 1, 0, 0]
    assert len(scene.runs) == 2


async def test_more_than_fits_at_once_is_dealt_with_all_the_same() -> None:
    scene = Scene()
    for _ in range(205):
        await scene.draw(triggered(intervalMs=60_000))
    assert await scene.after(MINUTE) == 205
    assert len(scene.runs) == len(scene.queue.rings) == 205


async def test_what_was_missed_is_caught_up_with_at_one_look() -> None:
    scene = Scene()
    await scene.draw(triggered(intervalMs=60_000, onMissed="all"))
    assert await scene.after(timedelta(hours=1)) > 1
    assert [run.payload["_scheduledAt"] for run in scene.runs] == [
        timestamp(scene.clock.now() - minute * MINUTE) for minute in range(59, -1, -1)
    ]


async def test_catching_up_keeps_nobody_from_being_on_time() -> None:
    scene = Scene()
    for _ in range(10):
        await scene.draw(triggered(intervalMs=60_000, onMissed="all"))
    scene.clock.advance(timedelta(minutes=40))
    punctual = await scene.draw(triggered(cron="* * * * * *"))
    scene.clock.advance(SECOND)
    await replace(scene.firing, at_once=4)()
    assert len(scene.runs) == 10 * 40 + 1
    assert punctual.id in [run.workflow_id for run in [*scene.store.rows.executions.values()][:31]]


async def test_a_paused_schedule_ticks_without_runs_and_goes_on_when_resumed() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    (shown,) = await scene.shown(workflow)
    paused = await scene.pause(workflow, shown.schedule.id)
    assert paused.state is ScheduleState.PAUSED
    for _ in range(3):
        await scene.after(MINUTE)
    assert scene.runs == []
    resumed = await scene.resume(workflow, shown.schedule.id)
    assert (resumed.state, [tick.outcome for tick in resumed.ticks]) == (ScheduleState.ACTIVE, [TickOutcome.PAUSED] * 3)
    assert {tick.reason for tick in resumed.ticks} == {"The schedule was paused."}
    await scene.after(MINUTE)
    assert len(scene.runs) == 1


async def test_what_a_pause_held_back_is_not_made_up_for() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000, onMissed="all"))
    (shown,) = await scene.shown(workflow)
    await scene.pause(workflow, shown.schedule.id)
    scene.clock.advance(10 * MINUTE)
    await scene.resume(workflow, shown.schedule.id)
    await scene.firing()
    assert scene.runs == []
    await scene.after(MINUTE)
    assert len(scene.runs) == 1


async def test_a_run_that_goes_on_keeps_the_next_one_from_starting_where_they_must_not_overlap() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000, onOverlap="skip"))
    await scene.after(MINUTE)
    await scene.after(MINUTE)
    (shown,) = await scene.shown(workflow)
    assert [tick.outcome for tick in shown.ticks] == [TickOutcome.OVERLAPPED, TickOutcome.FIRED]
    (run,) = scene.runs
    scene.store.rows.executions[run.id] = run.stopped(at=scene.clock.now())
    await scene.after(MINUTE)
    assert len(scene.runs) == 2


async def test_pausing_and_resuming_is_for_the_owner() -> None:
    scene, other = Scene(), a_user("grace@example.com")
    scene.store.rows.users[other.id] = other
    workflow = await scene.draw(triggered(intervalMs=60_000))
    second = await scene.draw(triggered(intervalMs=60_000))
    (shown,) = await scene.shown(workflow)
    scene.owner = other
    for act in (scene.pause, scene.resume):
        with pytest.raises(WorkflowNotFound):
            await act(workflow, shown.schedule.id)
    with pytest.raises(WorkflowNotFound):
        await scene.shown(workflow)
    scene.owner = scene.store.rows.users[workflow.owner_id]
    for act in (scene.pause, scene.resume):
        with pytest.raises(ScheduleNotFound):
            await act(second, shown.schedule.id)


@dataclass(frozen=True, slots=True)
class Failing(Timetables):
    """Cannot say when some schedules fire."""

    fails: Callable[[Schedule], bool] = lambda _: False

    def times_of(self, schedule: Schedule) -> FireTimes:
        if self.fails(schedule):
            raise ValueError("this calendar is torn")
        return TIMETABLES.times_of(schedule)


async def test_one_that_cannot_fire_holds_up_no_other_and_says_why() -> None:
    scene = Scene()
    bad = await scene.draw(triggered(intervalMs=60_000))
    for _ in range(3):
        await scene.draw(triggered(intervalMs=60_000))
    scene.timetables = Failing(CALENDAR, lambda each: each.workflow_id == bad.id)
    assert await scene.after(MINUTE) == 4
    assert len(scene.runs) == len(scene.queue.rings) == 3
    (shown,) = await scene.shown(bad)
    assert [(tick.outcome, tick.error) for tick in shown.ticks] == [(TickOutcome.FAILED, "ValueError")]
    assert "will be tried again" in shown.ticks[0].reason
    assert [(level, text) for level, text, _ in scene.log.lines] == [("error", "a schedule cannot fire")]


async def test_a_zone_that_only_other_machines_know_is_said_to_be_unknown_and_shown_all_the_same() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(cron="* * * * *"))
    (schedule,) = (each.schedule for each in await scene.shown(workflow))
    elsewhere = replace(schedule.plan, specification=Cron(expression="* * * * *", timezone="Mars/Olympus"))
    async with scene.store.begin() as work:
        await work.schedules.save(replace(schedule, plan=elsewhere))
        await work.commit()
    await scene.after(MINUTE)
    (shown,) = await scene.shown(workflow)
    assert shown.upcoming == []
    assert [(tick.outcome, tick.error) for tick in shown.ticks] == [
        (TickOutcome.FAILED, "This machine knows no time zone of the name Mars/Olympus")
    ]
    assert (await scene.pause(workflow, schedule.id)).state is ScheduleState.PAUSED
    with pytest.raises(TimeZoneUnknownHere):
        await scene.resume(workflow, schedule.id)


async def test_one_that_could_not_fire_is_tried_again_after_a_pause() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    due: datetime = scene.clock.now() + MINUTE
    scene.timetables = Failing(CALENDAR, lambda _: True)
    assert await scene.after(MINUTE) == 1
    assert await scene.firing() == 0
    scene.timetables = TIMETABLES
    assert await scene.after(SECOND) == 0
    assert await scene.after(SECOND) == 1
    (shown,) = await scene.shown(workflow)
    assert [(tick.fire_at, tick.outcome) for tick in shown.ticks] == [(due, TickOutcome.FIRED)]
    assert shown.schedule.failures == 0


async def test_what_failed_keeps_its_reason_and_its_turn_longer_than_a_tick_may_be_late() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    due: datetime = scene.clock.now() + MINUTE
    scene.timetables = Failing(CALENDAR, lambda _: True)
    for _ in range(10):
        await scene.after(MINUTE)
    (shown,) = await scene.shown(workflow)
    assert [(tick.fire_at, tick.outcome) for tick in shown.ticks] == [(due, TickOutcome.FAILED)]
    scene.timetables = TIMETABLES
    await scene.after(5 * MINUTE)
    (shown,) = await scene.shown(workflow)
    assert shown.ticks[-1].outcome is TickOutcome.FIRED
    late = [tick for tick in shown.ticks if tick.outcome is TickOutcome.MISSED]
    assert late
    assert all("could not fire (ValueError)" in tick.reason for tick in late)


async def test_what_failed_is_not_said_to_be_tried_again_when_it_will_not_be() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    scene.timetables = Failing(CALENDAR, lambda _: True)
    await scene.after(MINUTE)
    await scene.change(workflow, nodes=triggered(intervalMs=120_000).nodes)
    (shown,) = await scene.shown(workflow)
    assert [tick.reason for tick in shown.ticks] == ["The run could not be started: ValueError."]


async def test_what_was_due_before_a_pause_runs_and_is_not_said_to_have_been_paused() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000, onMissed="all"))
    (shown,) = await scene.shown(workflow)
    scene.clock.advance(3 * MINUTE + SECOND)
    paused = await scene.pause(workflow, shown.schedule.id)
    outcomes = [(tick.outcome, tick.fire_at, tick.until) for tick in paused.ticks]
    due = shown.schedule.next_fire_at
    assert due is not None
    assert outcomes == [
        (TickOutcome.FIRED, due + 2 * MINUTE, None),
        (TickOutcome.MISSED, due, due + MINUTE),
    ]
    assert len(scene.runs) == 1
    await scene.after(MINUTE)
    assert len(scene.runs) == 1


async def test_what_a_pause_passed_over_is_on_record_even_when_nobody_looked_meanwhile() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    (shown,) = await scene.shown(workflow)
    await scene.pause(workflow, shown.schedule.id)
    scene.clock.advance(10 * MINUTE)
    resumed = await scene.resume(workflow, shown.schedule.id)
    (tick,) = resumed.ticks
    assert (tick.outcome, tick.fire_at, tick.until) == (
        TickOutcome.PAUSED,
        shown.schedule.next_fire_at,
        scene.clock.now(),
    )


async def test_what_was_due_before_a_save_is_settled_with_the_workflow_as_it_was() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    for another in (triggered(intervalMs=120_000), triggered(cron="")):
        scene.clock.advance(2 * MINUTE + SECOND)
        await scene.change(workflow, nodes=another.nodes)
    (shown,) = await scene.shown(workflow)
    assert [tick.outcome for tick in shown.ticks] == [TickOutcome.FIRED, TickOutcome.FIRED, TickOutcome.MISSED]
    first, second = scene.runs
    assert (first.graph.nodes[0].config, second.graph.nodes[0].config) == (
        {"intervalMs": 60_000},
        {"intervalMs": 120_000},
    )


async def test_what_was_due_before_its_workflow_was_switched_off_is_on_record() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=3_600_000))
    scene.clock.advance(timedelta(hours=1, minutes=5))
    await scene.switch(workflow, on=False)
    (shown,) = await scene.shown(workflow)
    assert [tick.outcome for tick in shown.ticks] == [TickOutcome.MISSED]


async def test_a_run_that_was_removed_is_not_pointed_at() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    await scene.after(MINUTE)
    scene.store.rows.forget_execution(scene.runs[0].id)
    (shown,) = await scene.shown(workflow)
    assert [tick.reason for tick in shown.ticks] == ["A run was started, and has been removed since."]


async def test_an_outage_is_nobodys_failure() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    scene.store.is_down = True
    with pytest.raises(Unavailable):
        await scene.after(MINUTE)
    scene.store.is_down = False
    assert await scene.firing() == 1
    (shown,) = await scene.shown(workflow)
    assert [tick.outcome for tick in shown.ticks] == [TickOutcome.FIRED]
