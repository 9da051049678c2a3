"""The answer to whatever saved a workflow."""

from collections.abc import Sequence

from litestar import Response
from msgspec import UNSET, UnsetType

from application.workflows.config_warnings import ConfigWarnings
from domain.errors import Fault
from domain.workflows.workflow import Workflow
from entrypoints.http.envelope import Issue, SuccessWithMeta
from entrypoints.http.preconditions import etag
from entrypoints.http.schemas.workflows import SaveNotes
from entrypoints.wire.workflows import WorkflowRecord


def saved(
    workflow: Workflow, config_warnings: ConfigWarnings, more: Sequence[Fault] = ()
) -> Response[SuccessWithMeta[WorkflowRecord, SaveNotes]]:
    notes = notes_of([*more, *config_warnings(workflow.graph)])
    return Response(SuccessWithMeta(data=WorkflowRecord.of(workflow), meta=notes), headers=etag(workflow.revision))


def notes_of(warnings: Sequence[Fault]) -> SaveNotes | UnsetType:
    return SaveNotes(warnings=[Issue.of(fault) for fault in warnings]) if warnings else UNSET
