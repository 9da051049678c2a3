"""Why an edge led to its target, or did not."""

from domain.executions.error_handling import ON_ERROR
from domain.executions.explanation import EdgeOutcome, EdgeReason, Judged
from domain.executions.history import Visit
from domain.executions.routing import judge
from domain.executions.showing import LONGEST_NAME, shown_text, shown_value, worded
from domain.executions.step import StepStatus
from domain.values.json import Json, JsonObject, as_object
from domain.workflows.graph import Edge, GraphNode


def named(node: GraphNode) -> str:
    """A node within a sentence."""
    return f'"{label_of(node)}"'


def label_of(node: GraphNode) -> str:
    return shown_text(node.label.strip() or node.id, most=LONGEST_NAME)


def edge_reason(edge: Edge, source: GraphNode, visit: Visit | None) -> EdgeReason:
    """`visit` is the one of the source that decided, None when it has not happened."""
    outcome = _outcome(edge, visit)
    judged = _judged(edge, visit, is_taken=outcome is EdgeOutcome.TAKEN)
    return EdgeReason(
        edge_id=edge.id,
        source=source.id,
        source_label=label_of(source),
        source_round=visit.round if visit else None,
        condition=_shown_condition(edge),
        outcome=outcome,
        judged=judged,
        summary=_summary(edge, named(source), visit, outcome, judged),
    )


def _outcome(edge: Edge, visit: Visit | None) -> EdgeOutcome:
    """The record says which edges were taken; nothing is judged a second time."""
    if visit is None:
        return EdgeOutcome.UNDECIDED
    if edge.id in visit.step.taken_edges:
        return EdgeOutcome.TAKEN
    match visit.step.status:
        case StepStatus.SKIPPED:
            return EdgeOutcome.SOURCE_SKIPPED
        case StepStatus.FAILED:
            return EdgeOutcome.SOURCE_FAILED
        case StepStatus.COMPLETED:
            return EdgeOutcome.NOT_TAKEN


def _judged(edge: Edge, visit: Visit | None, *, is_taken: bool) -> Judged | None:
    if visit is None or visit.step.status is StepStatus.SKIPPED:
        return None
    if visit.step.status is StepStatus.FAILED:
        return Judged(key="error", value=shown_text(visit.step.error or ""))
    produced = visit.step.output or {}
    verdict = judge(edge, produced)
    if verdict.decided_by is None or verdict.taken is not is_taken:
        return None
    value = shown_value(verdict.value, name=verdict.decided_by)
    return Judged(key=verdict.decided_by, value=value, detail=_detail(verdict.decided_by, produced))


def _detail(key: str, produced: JsonObject) -> str | None:
    """The comparison behind `_condition.result`, the checks behind `_evaluation.passed`."""
    told = as_object(produced.get(key.partition(".")[0]))
    if key == "_condition.result":
        field = told.get("field")
        path = field if isinstance(field, str) else ""
        left, right = (
            worded(shown_value(told[side], name=path)) if side in told else "nothing" for side in ("actual", "expected")
        )
        operator = told.get("operator")
        is_unary = operator in ("exists", "not_exists", "is_empty", "is_not_empty")
        compared = f"{operator}" if is_unary else f"{operator} {right}"
        return shown_text(f"{path} ({left}) {compared}")
    if key == "_evaluation.passed":
        return _checks(told.get("checks"))
    return None


def _checks(checks: Json) -> str | None:
    """What failed; where nothing did, what was checked."""
    listed = [as_object(each) for each in checks] if isinstance(checks, list) else []
    telling = [each for each in listed if each.get("passed") is not True] or listed
    said = "; ".join(str(each["message"]) for each in telling if isinstance(each.get("message"), str))
    return shown_text(said) if said else None


def _shown_condition(edge: Edge) -> str | bool | None:
    return shown_text(edge.condition) if isinstance(edge.condition, str) else edge.condition


def _summary(edge: Edge, source: str, visit: Visit | None, outcome: EdgeOutcome, judged: Judged | None) -> str:
    wanted = worded(_shown_condition(edge))
    produced = "" if judged is None else f"{source} produced {judged.key} = {worded(judged.value)}{_aside(judged)}"
    match outcome:
        case EdgeOutcome.UNDECIDED:
            return f"{source} is not done yet"
        case EdgeOutcome.SOURCE_SKIPPED:
            return f"{source} was skipped"
        case EdgeOutcome.SOURCE_FAILED:
            return f"{source} failed, and this edge is not for failures"
        case EdgeOutcome.TAKEN if visit is not None and visit.step.status is StepStatus.FAILED:
            return f"{source} failed, and this edge is the way on after a failure"
        case EdgeOutcome.TAKEN:
            return f"{source} led to it without a condition" if not produced else f"{produced}, as the edge asks for"
        case EdgeOutcome.NOT_TAKEN if _is_for_errors(edge) and not produced:
            return f"{source} completed, and the edge is for failures only"
        case EdgeOutcome.NOT_TAKEN:
            return f"{produced or f'{source} produced nothing to judge by'}, but the edge asks for {wanted}"


def _aside(judged: Judged) -> str:
    return "" if judged.detail is None else f" ({judged.detail})"


def _is_for_errors(edge: Edge) -> bool:
    return isinstance(edge.condition, str) and edge.condition.strip().lower() == ON_ERROR
