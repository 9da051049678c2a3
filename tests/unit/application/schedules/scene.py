"""Workflows that are saved and fire, without anything real but the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from application.nodes.catalogue import KNOWN_TYPES
from application.schedules.fire_due_schedules import FireDueSchedules
from application.schedules.pause_schedule import PauseSchedule
from application.schedules.resume_schedule import ResumeSchedule
from application.schedules.show_schedules import ScheduleView, ShowSchedules
from application.schedules.timetables import Timetables
from application.workflows.change_workflow import ChangeWorkflow, WorkflowChanges
from application.workflows.create_workflow import CreateWorkflow
from domain.accounts.user import User
from domain.executions.execution import Execution
from domain.ids import ScheduleId
from domain.workflows.graph import Graph
from domain.workflows.workflow import Workflow, WorkflowStatus
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.job_queue import FakeJobQueue
from tests.fakes.store import FakeStore
from tests.make import a_user
from tests.scheduling import TIMETABLES, deriving, settling
from tests.unit.application.engine.stage import Pages


@dataclass
class Scene:
    clock: FakeClock = field(default_factory=FakeClock)
    queue: FakeJobQueue = field(default_factory=FakeJobQueue)
    log: Pages = field(default_factory=Pages)
    ids: FakeIds = field(default_factory=FakeIds)
    owner: User = field(default_factory=a_user)
    timetables: Timetables = TIMETABLES

    def __post_init__(self) -> None:
        self.store = FakeStore(self.clock)
        self.store.rows.users[self.owner.id] = self.owner

    async def draw(self, graph: Graph) -> Workflow:
        """Active from the start."""
        create = CreateWorkflow(
            begin=self.store.begin,
            clock=self.clock,
            ids=self.ids,
            known_types=KNOWN_TYPES,
            derive_schedules=deriving(self.ids),
        )
        workflow = await create(owner_id=self.owner.id, name="W", description="", graph=graph)
        return await self.change(workflow, status=WorkflowStatus.ACTIVE)

    async def change(self, workflow: Workflow, **changes: Any) -> Workflow:
        change = ChangeWorkflow(
            begin=self.store.begin, clock=self.clock, known_types=KNOWN_TYPES, derive_schedules=deriving(self.ids)
        )
        return await change(workflow_id=workflow.id, actor_id=self.owner.id, changes=WorkflowChanges(**changes))

    async def switch(self, workflow: Workflow, *, on: bool) -> Workflow:
        return await self.change(workflow, status=WorkflowStatus.ACTIVE if on else WorkflowStatus.INACTIVE)

    @property
    def firing(self) -> FireDueSchedules:
        return FireDueSchedules(
            begin=self.store.begin, queue=self.queue, timetables=self.timetables, ids=self.ids, log=self.log
        )

    async def after(self, by: timedelta) -> int:
        """Somebody looks at what is due then."""
        self.clock.advance(by)
        return await self.firing()

    @property
    def showing(self) -> ShowSchedules:
        return ShowSchedules(begin=self.store.begin, timetables=TIMETABLES, clock=self.clock)

    async def shown(self, workflow: Workflow) -> Sequence[ScheduleView]:
        shown = await self.showing(workflow_id=workflow.id, actor_id=self.owner.id)
        return shown.schedules

    async def pause(self, workflow: Workflow, schedule_id: ScheduleId) -> ScheduleView:
        pause = PauseSchedule(
            begin=self.store.begin, clock=self.clock, settle_overdue=settling(self.ids), show=self.showing
        )
        return await pause(workflow_id=workflow.id, schedule_id=schedule_id, actor_id=self.owner.id)

    async def resume(self, workflow: Workflow, schedule_id: ScheduleId) -> ScheduleView:
        resume = ResumeSchedule(begin=self.store.begin, settle_overdue=settling(self.ids), show=self.showing)
        return await resume(workflow_id=workflow.id, schedule_id=schedule_id, actor_id=self.owner.id)

    @property
    def runs(self) -> list[Execution]:
        return sorted(self.store.rows.executions.values(), key=lambda each: each.created_at)
