"""Draw a new workflow."""

from collections.abc import Collection
from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.unit_of_work import BeginWork
from application.schedules.derive_schedules import DeriveSchedules
from domain.ids import UserId, WorkflowId
from domain.workflows.graph import Graph
from domain.workflows.workflow import TemplateOrigin, Workflow, refuse_broken


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateWorkflow:
    """Raise BrokenGraph with every structural fault. Unfinished configs are no hindrance.

    `workflow_id` is for whoever had to know it before.
    """

    begin: BeginWork
    clock: Clock
    ids: IdGenerator
    known_types: Collection[str]
    derive_schedules: DeriveSchedules

    async def __call__(
        self,
        *,
        owner_id: UserId,
        name: str,
        description: str,
        graph: Graph,
        origin: TemplateOrigin | None = None,
        workflow_id: WorkflowId | None = None,
    ) -> Workflow:
        refuse_broken(graph, known_types=self.known_types)
        now = self.clock.now()
        workflow = Workflow(
            id=workflow_id or self.ids.workflow(),
            owner_id=owner_id,
            name=name.strip(),
            description=description,
            graph=graph,
            origin=origin,
            created_at=now,
            updated_at=now,
        )
        async with self.begin() as work:
            await work.workflows.add(workflow)
            await self.derive_schedules(work, workflow, was=None, at=now)
            await work.commit()
        return workflow
