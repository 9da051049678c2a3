"""How a run ended, and why the nodes that it did not reach were skipped."""

from collections.abc import Callable, Sequence

from domain.executions.execution import ExecutionStatus
from domain.executions.explanation import End, EndKind, Skip, SkipKind
from domain.executions.history import RunRecords, Visit
from domain.executions.showing import shown_text
from domain.executions.step import (
    AFTER_FAILURE,
    AFTER_LIMIT,
    AFTER_STOP,
    AFTER_TERMINATION,
    NO_BRANCH_MATCHED,
    Step,
    StepStatus,
)
from domain.ids import NodeId
from domain.values.json import as_object

_LIMITS = ("Execution retry limit exceeded", "Execution loop limit exceeded", "The run has taken ")

_KINDS = {
    NO_BRANCH_MATCHED: SkipKind.NO_BRANCH,
    AFTER_FAILURE: SkipKind.EARLIER_FAILURE,
    AFTER_LIMIT: SkipKind.LIMIT,
    AFTER_TERMINATION: SkipKind.TERMINATION,
    AFTER_STOP: SkipKind.STOP,
}


def end_of(records: RunRecords, visits: Sequence[Visit], is_handled: Callable[[Step], bool]) -> End:
    """`is_handled` says whether the graph provides for the failure of a step."""
    standing = [each.step for each in visits if not each.is_superseded]
    reason = None if records.error is None else shown_text(records.error)
    match records.status:
        case ExecutionStatus.PENDING | ExecutionStatus.RUNNING:
            return End(kind=EndKind.OPEN, node_id=None, reason=None)
        case ExecutionStatus.CANCELED:
            return End(kind=EndKind.STOP, node_id=None, reason=reason)
        case ExecutionStatus.COMPLETED if any(step.error == AFTER_TERMINATION for step in standing):
            node_id, why = _termination(standing)
            return End(kind=EndKind.TERMINATION, node_id=node_id, reason=why)
        case ExecutionStatus.COMPLETED:
            return End(kind=EndKind.COMPLETED, node_id=None, reason=None)
        case ExecutionStatus.FAILED:
            return _failure(records.error or "", reason, standing, is_handled)


def skip_of(step: Step, end: End) -> Skip | None:
    """None for what was not skipped."""
    if step.status is not StepStatus.SKIPPED:
        return None
    said = step.error or ""
    kind = _KINDS.get(said, SkipKind.OTHER)
    if kind in (SkipKind.NO_BRANCH, SkipKind.OTHER):
        return Skip(kind=kind, node_id=None, reason=shown_text(said))
    return Skip(kind=kind, node_id=end.node_id, reason=end.reason or said)


def _failure(error: str, reason: str | None, standing: Sequence[Step], is_handled: Callable[[Step], bool]) -> End:
    failed = [step for step in standing if step.status is StepStatus.FAILED and not is_handled(step)]
    if error.startswith("Invalid workflow DAG"):
        return End(kind=EndKind.INVALID_GRAPH, node_id=None, reason=reason)
    if error.startswith("Execution was abandoned"):
        return End(kind=EndKind.ABANDONED, node_id=None, reason=reason)
    if error.startswith(_LIMITS):
        return End(kind=EndKind.LIMIT, node_id=None, reason=reason)
    return End(kind=EndKind.FAILURE, node_id=failed[-1].node_id if failed else None, reason=reason)


def _termination(standing: Sequence[Step]) -> tuple[NodeId | None, str | None]:
    """The control node that asked for it, and its reason; the request may also have come from elsewhere."""
    for step in reversed(standing):
        told = as_object((step.output or {}).get("_control"))
        if told.get("action") == "terminate":
            why = told.get("reason")
            return step.node_id, shown_text(why) if isinstance(why, str) and why.strip() else None
    return None, None
