"""The answer to whatever saved a workflow."""

from litestar import Response
from msgspec import UNSET

from application.workflows.config_warnings import ConfigWarnings
from domain.workflows.workflow import Workflow
from entrypoints.http.envelope import Issue, SuccessWithMeta
from entrypoints.http.preconditions import etag
from entrypoints.http.schemas.workflows import SaveNotes
from entrypoints.wire.workflows import WorkflowRecord


def saved(workflow: Workflow, config_warnings: ConfigWarnings) -> Response[SuccessWithMeta[WorkflowRecord, SaveNotes]]:
    warnings = config_warnings(workflow.graph)
    notes = SaveNotes(warnings=[Issue.of(fault) for fault in warnings]) if warnings else UNSET
    return Response(SuccessWithMeta(data=WorkflowRecord.of(workflow), meta=notes), headers=etag(workflow.revision))
