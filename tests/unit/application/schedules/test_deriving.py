"""Schedules follow their workflow wherever its graph or its status changes."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from application.nodes.catalogue import KNOWN_TYPES
from application.templates.upgrade_workflow import UpgradeWorkflow
from application.workflows.delete_workflow import DeleteWorkflow
from domain.schedules.schedule import ScheduleState
from domain.templates.catalogue.simple_rag import SIMPLE_RAG
from domain.templates.drawing import drawn
from domain.templates.merge import Side
from domain.templates.parameters import TemplateParameters
from domain.templates.recipe import Recipe, chain
from domain.templates.templates import Templates
from domain.workflows.workflow import TemplateOrigin
from tests.make import a_graph, a_node
from tests.scheduling import deriving, triggered
from tests.unit.application.schedules.scene import Scene

MINUTE = timedelta(minutes=1)


async def test_a_new_workflow_waits_to_be_activated() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    off = await scene.switch(workflow, on=False)
    (schedule,) = await scene.shown(off)
    assert (schedule.state, schedule.schedule.next_fire_at) == (ScheduleState.INACTIVE, None)
    assert len(schedule.upcoming) == 10
    assert await scene.after(10 * MINUTE) == 0
    await scene.switch(off, on=True)
    (schedule,) = await scene.shown(off)
    assert (schedule.state, schedule.schedule.next_fire_at) == (ScheduleState.ACTIVE, scene.clock.now() + MINUTE)


async def test_a_new_graph_changes_adds_and_removes() -> None:
    scene = Scene()
    nodes = {name: a_node(name, "schedule-trigger", {"cron": f"{name} * * * *"}) for name in ("1", "2", "3")}
    workflow = await scene.draw(a_graph("1", "2", nodes=nodes))
    one, two = (each.schedule for each in await scene.shown(workflow))
    nodes["2"] = a_node("2", "schedule-trigger", {"cron": "22 * * * *"})
    await scene.change(workflow, nodes=a_graph("2", "3", nodes=nodes).nodes)
    left, added = (each.schedule for each in await scene.shown(workflow))
    assert (left.id, left.plan.node_id, left.next_fire_at) == (two.id, "2", scene.clock.now() + 22 * MINUTE)
    assert (added.plan.node_id, added.next_fire_at) == ("3", scene.clock.now() + 3 * MINUTE)
    assert one.id not in scene.store.rows.schedules


async def test_saving_something_else_unsettles_no_schedule() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    before = await scene.shown(workflow)
    scene.clock.advance(timedelta(seconds=50))
    await scene.change(workflow, name="Other")
    assert [each.schedule for each in await scene.shown(workflow)] == [each.schedule for each in before]


async def test_a_graph_without_triggers_leaves_none() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    await scene.change(workflow, nodes=a_graph("a>b").nodes)
    assert await scene.shown(workflow) == []
    assert scene.store.rows.schedules == {}


async def test_drafts_are_saved_and_do_not_fire() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(cron="not yet"))
    assert await scene.shown(workflow) == []
    assert await scene.after(timedelta(days=1)) == 0


async def test_a_pause_outlasts_a_draft_that_cannot_be_read_for_a_while() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(cron="* * * * * *"))
    (shown,) = await scene.shown(workflow)
    await scene.pause(workflow, shown.schedule.id)
    await scene.after(timedelta(seconds=5))
    (before,) = await scene.shown(workflow)
    await scene.change(workflow, nodes=triggered(cron="").nodes)
    (draft,) = await scene.shown(workflow)
    assert (draft.state, draft.upcoming, draft.ticks) == (ScheduleState.DRAFT, [], before.ticks)
    assert await scene.after(timedelta(seconds=5)) == 0
    await scene.change(workflow, nodes=triggered(cron="*/2 * * * * *").nodes)
    await scene.after(timedelta(seconds=5))
    (after,) = await scene.shown(workflow)
    assert (after.schedule.id, after.state) == (shown.schedule.id, ScheduleState.PAUSED)
    assert after.schedule.paused_at == before.schedule.paused_at
    assert set(before.ticks) < set(after.ticks)
    assert scene.runs == []


async def test_a_schedule_goes_with_its_node_even_from_a_draft() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    await scene.change(workflow, nodes=triggered(cron="not any more").nodes)
    await scene.change(workflow, nodes=a_graph("a>b").nodes)
    assert scene.store.rows.schedules == {}


async def test_schedules_and_ticks_go_with_their_workflow() -> None:
    scene = Scene()
    workflow = await scene.draw(triggered(intervalMs=60_000))
    await scene.after(MINUTE)
    delete = DeleteWorkflow(begin=scene.store.begin, queue=scene.queue)
    await delete(workflow_id=workflow.id, actor_id=scene.owner.id)
    assert (scene.store.rows.schedules, scene.store.rows.ticks) == ({}, {})
    assert await scene.after(MINUTE) == 0


def _nightly(given: TemplateParameters) -> Recipe:
    """A newer version that runs by itself."""
    trigger, *rest = SIMPLE_RAG.draw(given).nodes
    return chain(replace(trigger, type="schedule-trigger", config={"cron": "0 3 * * *"}), *rest)


async def test_a_newer_version_of_a_template_brings_its_schedules() -> None:
    scene = Scene()
    given = TemplateParameters()
    origin = TemplateOrigin(template_id="simple-rag", version=1, params=given.described())
    workflow = await scene.draw(drawn(SIMPLE_RAG.draw(given), seed=uuid4()))
    scene.store.rows.workflows[workflow.id] = replace(workflow, origin=origin)
    assert await scene.shown(workflow) == []
    upgrade = UpgradeWorkflow(
        begin=scene.store.begin,
        clock=scene.clock,
        templates=Templates((SIMPLE_RAG, replace(SIMPLE_RAG, version=2, draw=_nightly))),
        known_types=KNOWN_TYPES,
        derive_schedules=deriving(scene.ids),
    )
    await upgrade(workflow_id=workflow.id, actor_id=scene.owner.id, choices={}, otherwise=Side.THEIRS)
    (schedule,) = await scene.shown(workflow)
    assert schedule.schedule.next_fire_at == scene.clock.now() + timedelta(hours=15)
