"""The answer to whatever saved a workflow."""

from collections.abc import Mapping

from litestar import Response
from msgspec import UNSET

from application.nodes.node import Node
from application.workflows.config_warnings import config_warnings
from domain.workflows.workflow import Workflow
from entrypoints.http.envelope import Issue, SuccessWithMeta
from entrypoints.http.preconditions import etag
from entrypoints.http.schemas.workflows import SaveNotes
from entrypoints.wire.workflows import WorkflowRecord


def saved(
    workflow: Workflow, catalogue: Mapping[str, type[Node]]
) -> Response[SuccessWithMeta[WorkflowRecord, SaveNotes]]:
    warnings = config_warnings(workflow.graph, catalogue)
    notes = SaveNotes(warnings=[Issue.of(fault) for fault in warnings]) if warnings else UNSET
    return Response(SuccessWithMeta(data=WorkflowRecord.of(workflow), meta=notes), headers=etag(workflow.revision))
