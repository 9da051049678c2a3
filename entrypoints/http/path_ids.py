"""Ids in paths: 8-4-4-4-12 hexadecimal digits in either case. Anything else names nothing that exists."""

import re
from uuid import UUID

from domain.executions.errors import ExecutionNotFound
from domain.ids import ExecutionId, WorkflowId
from domain.workflows.errors import WorkflowNotFound

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def to_workflow_id(text: str) -> WorkflowId:
    """Raise WorkflowNotFound for what cannot be an id."""
    if not _UUID.fullmatch(text):
        raise WorkflowNotFound
    return WorkflowId(UUID(text))


def to_execution_id(text: str) -> ExecutionId:
    """Raise ExecutionNotFound for what cannot be an id."""
    if not _UUID.fullmatch(text):
        raise ExecutionNotFound
    return ExecutionId(UUID(text))
