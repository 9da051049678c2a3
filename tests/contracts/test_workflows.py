"""Workflows are kept as they were drawn, and shown to nobody but their owner."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from application.nodes.catalogue import KNOWN_TYPES
from application.ports.read_models import Paging
from application.workflows.change_workflow import ChangeWorkflow, WorkflowChanges
from domain.accounts.errors import UserNotFound
from domain.accounts.user import User
from domain.executions.errors import ExecutionNotFound
from domain.ids import WorkflowId
from domain.workflows.errors import WorkflowChangedMeanwhile, WorkflowNotFound
from domain.workflows.graph import Graph
from domain.workflows.workflow import TemplateOrigin, Workflow, WorkflowStatus
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import somebody
from tests.fakes.clock import NOON, FakeClock
from tests.make import a_node, a_user, a_workflow, an_edge, an_execution
from tests.scheduling import deriving


async def keep(store: Keeping, *workflows: Workflow) -> None:
    async with store.begin() as work:
        for workflow in workflows:
            await work.workflows.add(workflow)
        await work.commit()


def a_rich_workflow(owner: User) -> Workflow:
    config: Any = {"z": 1, "a": {"ß": [1.5, True, None, "\u2028"]}, "": "kept"}
    return a_workflow(
        owner,
        description="Description",
        status=WorkflowStatus.ACTIVE,
        graph=Graph(
            nodes=(a_node("b", "log", config), a_node("a")), edges=(an_edge("b", "a", False), an_edge("b", "a", "x"))
        ),
        version=3,
        revision=5,
        origin=TemplateOrigin(template_id="simple-rag", version=2, params={"topK": 8}),
    )


async def test_gives_back_a_workflow_as_it_was_added(store: Keeping) -> None:
    ada = await somebody(store)
    workflow = a_rich_workflow(ada)
    await keep(store, workflow)
    async with store.begin() as work:
        found = await work.workflows.get(workflow.id, ada.id)
    assert found == workflow
    assert list(found.graph.nodes[0].config) == ["z", "a", ""]


async def test_hides_other_peoples_workflows(store: Keeping) -> None:
    ada, grace = await somebody(store), await somebody(store, "grace@example.com")
    workflow = a_workflow(ada)
    await keep(store, workflow)
    async with store.begin() as work:
        with pytest.raises(WorkflowNotFound):
            await work.workflows.get(workflow.id, grace.id)
    with pytest.raises(WorkflowNotFound):
        await store.workflows.one(workflow.id, grace.id)
    assert (await store.workflows.mine(grace.id, Paging(page=1, limit=20))).total == 0


async def test_refuses_a_workflow_of_nobody(store: Keeping) -> None:
    with pytest.raises(UserNotFound):
        await keep(store, a_workflow(a_user()))


async def test_saves_over_the_revision_that_was_read_only(store: Keeping) -> None:
    ada = await somebody(store)
    workflow = a_workflow(ada)
    await keep(store, workflow)
    changed = replace(workflow, name="Changed").saved(at=NOON + timedelta(seconds=1))
    async with store.begin() as work:
        await work.workflows.save(changed, was_revision=workflow.revision)
        await work.commit()
    async with store.begin() as work:
        assert await work.workflows.get(workflow.id, ada.id) == changed
        with pytest.raises(WorkflowChangedMeanwhile):
            await work.workflows.save(changed, was_revision=workflow.revision)


async def test_removes_a_workflow_with_its_runs(store: Keeping) -> None:
    ada = await somebody(store)
    workflow = a_workflow(ada)
    run = an_execution(workflow)
    await keep(store, workflow)
    async with store.begin() as work:
        await work.executions.add(run)
        await work.commit()
    async with store.begin() as work:
        await work.workflows.remove(workflow)
        await work.workflows.remove(workflow)
        await work.commit()
    async with store.begin() as work:
        with pytest.raises(WorkflowNotFound):
            await work.workflows.get(workflow.id, ada.id)
        with pytest.raises(ExecutionNotFound):
            await work.executions.get(run.id, ada.id)


async def test_shows_a_workflow_in_the_shape_of_the_wire(store: Keeping) -> None:
    ada = await somebody(store)
    workflow = a_rich_workflow(ada)
    await keep(store, workflow)
    shown = msgspec.json.decode((await store.workflows.one(workflow.id, ada.id)).record)
    assert shown == {
        "id": str(workflow.id),
        "userId": str(ada.id),
        "name": "A workflow",
        "description": "Description",
        "status": "active",
        "nodes": [
            {
                "id": "b",
                "type": "log",
                "label": "B",
                "position": {"x": 0, "y": 1.5},
                "config": {"z": 1, "a": {"ß": [1.5, True, None, "\u2028"]}, "": "kept"},
            },
            {"id": "a", "type": "output", "label": "A", "position": {"x": 0, "y": 1.5}, "config": {}},
        ],
        "edges": [
            {"id": "b>a", "source": "b", "target": "a", "condition": False},
            {"id": "b>a", "source": "b", "target": "a", "condition": "x"},
        ],
        "version": 3,
        "sourceTemplateId": "simple-rag",
        "sourceTemplateVersion": 2,
        "sourceTemplateParams": {"topK": 8},
        "createdAt": "2026-01-01T12:00:00.000Z",
        "updatedAt": "2026-01-01T12:00:00.000Z",
    }
    assert list(shown["nodes"][0]["config"]) == ["z", "a", ""]


async def test_says_that_an_unknown_workflow_is_not_there(store: Keeping) -> None:
    ada = await somebody(store)
    with pytest.raises(WorkflowNotFound):
        await store.workflows.one(WorkflowId(uuid4()), ada.id)


async def test_lists_the_latest_change_first_and_equal_times_in_a_stable_order(store: Keeping) -> None:
    ada = await somebody(store)
    workflows = [a_workflow(ada, at=NOON + timedelta(seconds=at // 3)) for at in range(7)]
    await keep(store, *workflows)
    expected = sorted(workflows, key=lambda each: (each.updated_at, each.id), reverse=True)
    pages = [await store.workflows.mine(ada.id, Paging(page=page, limit=2)) for page in range(1, 6)]
    listed = [each["id"] for page in pages for each in msgspec.json.decode(page.items)]
    assert listed == [str(each.id) for each in expected]
    assert {page.total for page in pages} == {7}


async def test_answers_an_empty_page_past_the_end_however_far(store: Keeping) -> None:
    ada = await somebody(store)
    await keep(store, a_workflow(ada))
    for number in (2, 9_007_199_254_740_991):
        page = await store.workflows.mine(ada.id, Paging(page=number, limit=100))
        assert (msgspec.json.decode(page.items), page.total) == ([], 1)


async def test_loses_no_change_when_many_come_at_once(store: Keeping) -> None:
    ada = await somebody(store)
    workflow = a_workflow(ada)
    await keep(store, workflow)
    change = ChangeWorkflow(begin=store.begin, clock=FakeClock(), known_types=KNOWN_TYPES, derive_schedules=deriving())
    names = [f"Name {at}" for at in range(10)]
    changed = await asyncio.gather(
        *(change(workflow_id=workflow.id, actor_id=ada.id, changes=WorkflowChanges(name=name)) for name in names)
    )
    assert sorted(each.revision for each in changed) == list(range(2, 12))
    last = max(changed, key=lambda each: each.revision)
    async with store.begin() as work:
        assert (await work.workflows.get(workflow.id, ada.id)).name == last.name


async def test_locks_only_what_is_there_and_ones_own(store: Keeping) -> None:
    ada, grace = await somebody(store), await somebody(store, "grace@example.com")
    workflow = a_workflow(ada)
    await keep(store, workflow)
    async with store.begin() as work:
        assert await work.workflows.get_to_change(workflow.id, ada.id) == workflow
        with pytest.raises(WorkflowNotFound):
            await work.workflows.get_to_change(workflow.id, grace.id)
