"""Tell why a run did what it did."""

from dataclasses import dataclass

from application.ports.run_history import RunHistory
from domain.executions.explaining import explained
from domain.executions.explanation import Explanation
from domain.ids import ExecutionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainExecution:
    """Raise ExecutionNotFound. Any run can be explained at any time: while it waits, runs, or long after it ended."""

    history: RunHistory

    async def __call__(self, *, execution_id: ExecutionId, actor_id: UserId) -> Explanation:
        return explained(await self.history.of(execution_id, actor_id))
