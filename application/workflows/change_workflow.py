"""Rename, redraw, switch on or off."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork
from application.schedules.derive_schedules import DeriveSchedules
from domain.ids import UserId, WorkflowId
from domain.workflows.graph import Edge, Graph, GraphNode
from domain.workflows.workflow import Workflow, WorkflowStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowChanges:
    """None leaves a part as it is. Nodes and edges are replaced as a whole, each on its own."""

    name: str | None = None
    description: str | None = None
    status: WorkflowStatus | None = None
    nodes: tuple[GraphNode, ...] | None = None
    edges: tuple[Edge, ...] | None = None

    @property
    def redraw(self) -> bool:
        return self.nodes is not None or self.edges is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWorkflow:
    """Apply changes to what is stored at that moment: the last change wins, and none is lost.

    With `expected`, only when the workflow is at one of these revisions. Raise WorkflowNotFound, WorkflowIsNewer, or
    BrokenGraph with every structural fault of the resulting graph.
    """

    begin: BeginWork
    clock: Clock
    known_types: Collection[str]
    derive_schedules: DeriveSchedules

    async def __call__(
        self,
        *,
        workflow_id: WorkflowId,
        actor_id: UserId,
        changes: WorkflowChanges,
        expected: Collection[int] | None = None,
    ) -> Workflow:
        async with self.begin() as work:
            stored = await work.workflows.get_to_change(workflow_id, actor_id)
            stored.expect(expected)
            changed = self._changed(stored, changes).saved(at=self.clock.now())
            await self.derive_schedules(work, changed, was=stored, at=changed.updated_at)
            await work.workflows.save(changed, was_revision=stored.revision)
            await work.commit()
        return changed

    def _changed(self, workflow: Workflow, changes: WorkflowChanges) -> Workflow:
        if changes.redraw:
            graph = Graph(
                nodes=workflow.graph.nodes if changes.nodes is None else changes.nodes,
                edges=workflow.graph.edges if changes.edges is None else changes.edges,
            )
            workflow = workflow.redrawn(graph, known_types=self.known_types)
        return replace(
            workflow,
            name=workflow.name if changes.name is None else changes.name.strip(),
            description=workflow.description if changes.description is None else changes.description,
            status=changes.status or workflow.status,
        )
