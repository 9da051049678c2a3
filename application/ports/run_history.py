"""Everything on record about one run, for whoever explains it."""

from typing import Protocol

from domain.executions.history import RunRecords
from domain.ids import ExecutionId, UserId


class RunHistory(Protocol):
    async def of(self, execution_id: ExecutionId, owner_id: UserId) -> RunRecords:
        """As it is at one moment, in one round trip. Raise ExecutionNotFound when absent or not owned by `owner_id`.

        Inputs, outputs, configs and the payload come as `domain.executions.evidence` cuts them, so that the largest
        run costs little.
        """
