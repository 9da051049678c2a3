"""Everything that the HTTP API calls, and how handlers get hold of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, TypeVar

from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from application.accounts.authenticate import Authenticate
from application.accounts.issue_token import IssueToken
from application.accounts.log_in import LogIn
from application.accounts.register_user import RegisterUser
from application.accounts.show_me import ShowMe
from application.executions.start_execution import StartExecution
from application.executions.stop_execution import StopExecution
from application.nodes.node import Node
from application.ports.clock import Clock
from application.ports.health_probe import HealthProbe
from application.ports.read_models import ExecutionReads, WorkflowReads
from application.workflows.change_workflow import ChangeWorkflow
from application.workflows.create_workflow import CreateWorkflow
from application.workflows.delete_workflow import DeleteWorkflow
from entrypoints.settings import Settings

Service = TypeVar("Service")

Given: TypeAlias = NamedDependency[SkipValidation[Service]]
"""A parameter that is filled by its name, with something of ours that needs no checking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpServices:
    settings: Settings
    clock: Clock
    register_user: RegisterUser
    log_in: LogIn
    issue_token: IssueToken
    show_me: ShowMe
    authenticate: Authenticate
    create_workflow: CreateWorkflow
    change_workflow: ChangeWorkflow
    delete_workflow: DeleteWorkflow
    start_execution: StartExecution
    stop_execution: StopExecution
    workflow_reads: WorkflowReads
    execution_reads: ExecutionReads
    health_probe: HealthProbe
    catalogue: Mapping[str, type[Node]]


def provided(services: HttpServices) -> dict[str, Provide]:
    """Each service under its own name."""
    return {each.name: _always(getattr(services, each.name)) for each in fields(services)}


def _always(service: Any) -> Provide:
    def give() -> Any:
        return service

    return Provide(give, use_cache=True, sync_to_thread=False)
