"""One use case, one transaction."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from application.ports.execution_repository import ExecutionRepository
from application.ports.user_repository import UserRepository
from application.ports.workflow_repository import WorkflowRepository


class UnitOfWork(Protocol):
    """All or nothing: leaving the block without `commit` forgets everything.

    Raise Unavailable from any call when the store cannot be reached.
    """

    @property
    def users(self) -> UserRepository: ...
    @property
    def workflows(self) -> WorkflowRepository: ...
    @property
    def executions(self) -> ExecutionRepository: ...

    async def commit(self) -> None: ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


BeginWork: TypeAlias = Callable[[], UnitOfWork]
