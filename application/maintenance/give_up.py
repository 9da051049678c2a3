"""End runs that killed every worker that tried them."""

from dataclasses import dataclass

from application.executions.remaining_steps import remaining_steps
from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork
from domain.executions.execution import Execution
from domain.executions.step import AFTER_FAILURE


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Fail running runs whose lease ran out for the last time they may be claimed. Returns how many."""

    begin: BeginWork
    clock: Clock
    max_claims: int = 3
    at_once: int = 20

    async def __call__(self) -> int:
        async with self.begin() as work:
            lost = await work.executions.claimed_too_often(self.max_claims, self.at_once)
            for execution in lost:
                at = self.clock.now()
                recorded = await work.executions.recorded_nodes(execution.id)
                failed = execution.failed(_reason(execution), at=at)
                skipped = remaining_steps(failed, recorded, AFTER_FAILURE, at=at)
                await work.executions.end(failed, skipped=skipped, snapshots=())
            await work.commit()
        return len(lost)


def _reason(execution: Execution) -> str:
    return f"Execution was abandoned: {execution.claims} workers in a row stopped before finishing it"
