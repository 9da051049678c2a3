"""Which refusal of ours a broken constraint stands for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError

from domain.accounts.errors import EmailTaken, UserNotFound
from domain.errors import DomainError
from domain.executions.errors import ExecutionNotFound
from domain.workflows.errors import WorkflowNotFound

_REFUSALS: Final[Mapping[str, Callable[[], DomainError]]] = {
    "uq_users_email_key": EmailTaken,
    "fk_workflows_user_id": UserNotFound,
    "fk_executions_workflow_id": WorkflowNotFound,
    "fk_executions_user_id": UserNotFound,
    "fk_intentions_user_id": UserNotFound,
    "fk_knowledge_corpora_user_id": UserNotFound,
    "fk_knowledge_corpora_workflow_id": WorkflowNotFound,
    "fk_knowledge_corpora_execution_id": ExecutionNotFound,
    "fk_webhook_deliveries_workflow_id": WorkflowNotFound,
    "fk_schedules_workflow_id": WorkflowNotFound,
}


@contextmanager
def translated_refusals() -> Iterator[None]:
    """Turn a violated constraint into the domain's own word for it; others are defects and pass."""
    try:
        yield
    except IntegrityError as violation:
        refusal = _REFUSALS.get(violated(violation))
        if refusal is None:
            raise
        raise refusal() from violation


def violated(violation: DBAPIError) -> str:
    """The name of the constraint that was in the way."""
    cause = violation.orig.__cause__ if violation.orig is not None else None
    return getattr(cause, "constraint_name", None) or ""
