"""Give schedules to workflows that were saved before there were any."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork
from application.schedules.derive_schedules import DeriveSchedules


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveMissingSchedules:
    """As if they had been saved now. Returns how many workflows there were."""

    begin: BeginWork
    clock: Clock
    derive_schedules: DeriveSchedules
    at_once: int = 100

    async def __call__(self) -> int:
        async with self.begin() as work:
            found = await work.schedules.underived(limit=self.at_once)
            for workflow_id in found:
                workflow = await work.workflows.of_anybody(workflow_id)
                if workflow is not None:
                    await self.derive_schedules(work, workflow, was=workflow, at=self.clock.now())
            await work.commit()
        return len(found)
