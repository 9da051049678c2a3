"""New ids."""

from typing import Protocol

from domain.ids import ExecutionId, UserId, WorkflowId


class IdGenerator(Protocol):
    """Ids are unique and grow with time, so that rows made together lie together."""

    def user(self) -> UserId: ...
    def workflow(self) -> WorkflowId: ...
    def execution(self) -> ExecutionId: ...
