"""Draw, redraw, rename: nothing broken is kept, and no change is lost."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from application.nodes.catalogue import KNOWN_TYPES
from application.workflows.change_workflow import ChangeWorkflow, WorkflowChanges
from application.workflows.create_workflow import CreateWorkflow
from domain.workflows.errors import BrokenGraph, WorkflowNotFound
from domain.workflows.graph import Graph
from domain.workflows.workflow import Workflow, WorkflowStatus
from tests.fakes.ids import FakeIds
from tests.make import a_graph, a_node, a_user
from tests.scheduling import CONFIG_WARNINGS, deriving
from tests.unit.application.engine.stage import Stage

BROKEN = a_graph("a>b", "b>a")


@dataclass
class Board:
    stage: Stage = field(default_factory=Stage)

    async def draw(self, graph: Graph | None = None, name: str = " Flow ") -> Workflow:
        create = CreateWorkflow(
            begin=self.stage.store.begin,
            clock=self.stage.clock,
            ids=FakeIds(),
            known_types=KNOWN_TYPES,
            derive_schedules=deriving(),
        )
        return await create(owner_id=self.stage.owner.id, name=name, description="", graph=graph or a_graph("a>b"))

    async def change(self, workflow: Workflow, **changes: Any) -> Workflow:
        self.stage.clock.advance(timedelta(seconds=1))
        change = ChangeWorkflow(
            begin=self.stage.store.begin, clock=self.stage.clock, known_types=KNOWN_TYPES, derive_schedules=deriving()
        )
        return await change(workflow_id=workflow.id, actor_id=self.stage.owner.id, changes=WorkflowChanges(**changes))


async def test_keeps_a_new_workflow_inactive_at_version_one_with_a_trimmed_name() -> None:
    board = Board()
    workflow = await board.draw()
    assert (workflow.name, workflow.status, workflow.version) == ("Flow", WorkflowStatus.INACTIVE, 1)
    assert board.stage.store.rows.workflows == {workflow.id: workflow}


async def test_keeps_nothing_of_a_broken_drawing() -> None:
    board = Board()
    with pytest.raises(BrokenGraph) as refused:
        await board.draw(BROKEN)
    assert [fault.code for fault in refused.value.faults] == ["cycle"]
    assert board.stage.store.rows.workflows == {}


async def test_counts_a_version_for_each_drawing_even_an_identical_one_and_for_nothing_else() -> None:
    board = Board()
    workflow = await board.draw()
    renamed = await board.change(workflow, name="Other", status=WorkflowStatus.ACTIVE, description="d")
    assert (renamed.version, renamed.name, renamed.status) == (1, "Other", WorkflowStatus.ACTIVE)
    redrawn = await board.change(workflow, nodes=workflow.graph.nodes)
    assert (redrawn.version, redrawn.graph, redrawn.name) == (2, workflow.graph, "Other")


async def test_moves_the_time_of_the_last_change_even_for_no_change() -> None:
    board = Board()
    workflow = await board.draw()
    assert (await board.change(workflow)).updated_at > workflow.updated_at


async def test_checks_what_results_when_only_nodes_or_only_edges_are_redrawn() -> None:
    board = Board()
    workflow = await board.draw()
    with pytest.raises(BrokenGraph) as refused:
        await board.change(workflow, nodes=(a_node("z"),))
    assert {fault.path[0] for fault in refused.value.faults} == {"edges"}
    assert board.stage.store.rows.workflows[workflow.id] == workflow
    assert (await board.change(workflow, edges=())).graph.edges == ()


async def test_renames_a_workflow_whose_old_drawing_would_not_be_accepted_today() -> None:
    board = Board()
    workflow = Workflow(**{**_parts(await board.draw()), "graph": BROKEN})
    board.stage.store.rows.workflows[workflow.id] = workflow
    assert (await board.change(workflow, name="Old")).name == "Old"


def _parts(workflow: Workflow) -> dict[str, Any]:
    return {name: getattr(workflow, name) for name in workflow.__slots__}


async def test_changes_nothing_of_somebody_else() -> None:
    board = Board()
    workflow = await board.draw()
    change = ChangeWorkflow(
        begin=board.stage.store.begin, clock=board.stage.clock, known_types=KNOWN_TYPES, derive_schedules=deriving()
    )
    with pytest.raises(WorkflowNotFound):
        await change(workflow_id=workflow.id, actor_id=a_user().id, changes=WorkflowChanges(name="Mine"))


async def test_names_what_is_unfinished_with_its_place() -> None:
    graph = Graph(nodes=(a_node("a", "condition"), a_node("b", "fax"), a_node("c", "log")))
    found = [(fault.path, fault.code) for fault in CONFIG_WARNINGS(graph)]
    assert found == [(("nodes", 0, "config", "field"), "required"), (("nodes", 1, "type"), "not_runnable")]
