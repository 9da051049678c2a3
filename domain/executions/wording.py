"""Explanations as sentences."""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.executions.edge_reasons import named
from domain.executions.execution import ExecutionStatus, TriggerSource
from domain.executions.explanation import (
    Cost,
    EdgeOutcome,
    EdgeReason,
    End,
    EndKind,
    Rejection,
    Skip,
    SkipKind,
    Totals,
    UsedKnowledge,
)
from domain.executions.history import RunRecords, Visit
from domain.executions.showing import LONGEST_VALUE, shown_text
from domain.executions.step import StepStatus
from domain.ids import NodeId
from domain.workflows.graph import GraphNode

_TRIGGERS: Final = {
    TriggerSource.MANUAL: "by hand",
    TriggerSource.WEBHOOK: "by a webhook",
    TriggerSource.SCHEDULE: "by its schedule",
    TriggerSource.RETRY: "as a repetition of another run",
}
_MOST_REASONS: Final = 2


def visit_summary(
    node: GraphNode,
    visit: Visit,
    because: Sequence[EdgeReason],
    *,
    trigger: TriggerSource,
    rerun: Rejection | None,
    discarded: Rejection | None,
    skip: Skip | None,
    handled: bool,
    cost: Cost,
    knowledge: UsedKnowledge | None,
    nodes: Mapping[NodeId, GraphNode],
) -> str:
    name = named(node)
    if skip is not None:
        return f"{name} was skipped: {_why_skipped(skip, because, nodes)}.{_discarded(node, discarded)}"
    why = _why_it_ran(because, trigger) if rerun is None else _why_again(visit, rerun)
    return f"{name} ran because {why}; {_result(visit, handled, cost)}.{_read(knowledge)}{_discarded(node, discarded)}"


def waiting_summary(node: GraphNode, because: Sequence[EdgeReason], status: ExecutionStatus, *, is_ready: bool) -> str:
    undone = dict.fromkeys(f'"{each.source_label}"' for each in because if each.outcome is EdgeOutcome.UNDECIDED)
    if undone:
        return f"{named(node)} waits for {_listed([*undone])}."
    if status is ExecutionStatus.PENDING:
        return f"{named(node)} waits for a worker to take up the run."
    turn = "it is its turn now" if is_ready else "nodes before it in order come first"
    return f"{named(node)} has all that it needs; {turn}."


def run_summary(records: RunRecords, end: End, totals: Totals, nodes: Mapping[NodeId, GraphNode]) -> str:
    started = f"Started {_TRIGGERS[records.trigger]}"
    told = [f"{started}, the run {_outcome(records, end, totals, nodes)}."]
    if totals.visits:
        told.append(f"{_counted(totals)}.")
    if spent := _spent(totals.cost):
        told.append(f"It used {spent}.")
    if records.claims > 1:
        told.append(f"Workers took it up {records.claims} times.")
    if records.current_version != records.workflow_version:
        told.append(
            f"It ran version {records.workflow_version} of the workflow, which has changed since"
            f" (now version {records.current_version})."
        )
    return " ".join(told)


def duration_text(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"


def _why_it_ran(because: Sequence[EdgeReason], trigger: TriggerSource) -> str:
    if not because:
        return f"it starts the run (started {_TRIGGERS[trigger]})"
    taken = [each.summary for each in because if each.outcome is EdgeOutcome.TAKEN]
    return _few(taken)


def _why_again(visit: Visit, rerun: Rejection) -> str:
    if rerun.maker == visit.node_id:
        return f'"{rerun.judge_label}" rejected what it made before{_colon(rerun.reason)} (round {visit.round})'
    if rerun.judge == visit.node_id:
        return f'what it rejected was made anew by "{rerun.maker_label}" (round {visit.round})'
    made_anew = f'"{rerun.maker_label}", which it depends on, was made anew'
    return f'{made_anew} because "{rerun.judge_label}" rejected it{_colon(rerun.reason)} (round {visit.round})'


def _result(visit: Visit, handled: bool, cost: Cost) -> str:
    step = visit.step
    tries = f", at its {_ordinal(len(step.attempts))} attempt" if len(step.attempts) > 1 else ""
    spent = f", using {told}" if (told := _spent(cost)) else ""
    if step.status is StepStatus.COMPLETED:
        return f"it completed in {duration_text(step.duration_ms)}{tries}{spent}"
    error = shown_text(step.error or "no reason is on record", most=LONGEST_VALUE).rstrip(".")
    goes_on = " (the run went on, as its graph provides for this failure)" if handled else ""
    return f"it failed after {duration_text(step.duration_ms)}{tries}{spent}: {error}{goes_on}"


def _read(knowledge: UsedKnowledge | None) -> str:
    if knowledge is None or not knowledge.in_prompt:
        return ""
    left_out = f", {knowledge.omitted} more did not fit" if knowledge.omitted else ""
    return f" Its prompt was made of {_count(len(knowledge.chunks), 'retrieved chunk')}{left_out}."


def _discarded(node: GraphNode, rejection: Rejection | None) -> str:
    if rejection is None:
        return ""
    if rejection.judge == node.id:
        return f' It rejected what "{rejection.maker_label}" made{_colon(rejection.reason)}, and had it made anew.'
    return f' "{rejection.judge_label}" had its work discarded{_colon(rejection.reason)}.'


def _why_skipped(skip: Skip, because: Sequence[EdgeReason], nodes: Mapping[NodeId, GraphNode]) -> str:
    behind = nodes.get(skip.node_id) if skip.node_id else None
    match skip.kind:
        case SkipKind.NO_BRANCH:
            return f"no edge led to it, as {_few([each.summary for each in because])}"
        case SkipKind.EARLIER_FAILURE if behind is not None:
            return f"{named(behind)} failed before, which ended the run"
        case SkipKind.EARLIER_FAILURE:
            return f"the run failed before: {skip.reason.rstrip('.')}"
        case SkipKind.LIMIT:
            return f"the run came to a limit: {skip.reason.rstrip('.')}"
        case SkipKind.TERMINATION:
            who = named(behind) if behind is not None else "a node"
            return f"{who} asked for the run to end"
        case SkipKind.STOP:
            return "somebody stopped the run"
        case SkipKind.OTHER:
            return skip.reason.rstrip(".") or "no reason is on record"


def _outcome(records: RunRecords, end: End, totals: Totals, nodes: Mapping[NodeId, GraphNode]) -> str:
    taken = "" if totals.elapsed_ms is None else f" after {duration_text(totals.elapsed_ms)}"
    behind = nodes.get(end.node_id) if end.node_id else None
    why = _colon(end.reason and end.reason.rstrip("."))
    match end.kind:
        case EndKind.OPEN if records.status is ExecutionStatus.PENDING:
            return "waits for a worker"
        case EndKind.OPEN:
            return "is under way" if records.is_held else "waits for a worker to go on with it"
        case EndKind.COMPLETED:
            return f"completed{taken}"
        case EndKind.TERMINATION:
            return f"ended early{taken} because {named(behind) if behind else 'a node'} asked for it{why}"
        case EndKind.STOP:
            return f"was stopped{taken}"
        case EndKind.LIMIT:
            return f"came to a limit{taken}{why}"
        case EndKind.INVALID_GRAPH:
            return f"could not begin{why}"
        case EndKind.ABANDONED:
            return f"was given up{taken}{why}"
        case EndKind.FAILURE:
            return f"failed{taken}{why}"


def _counted(totals: Totals) -> str:
    told = [f"{totals.completed} of {_count(totals.nodes, 'node')} completed"]
    told += [f"{totals.failed} failed"] if totals.failed else []
    told += [f"{totals.skipped} skipped"] if totals.skipped else []
    told += [f"{totals.discarded} done again from an earlier round"] if totals.discarded else []
    return _listed(told)


def _spent(cost: Cost) -> str:
    told = [_count(cost.tokens.total, "token")] if cost.tokens is not None and cost.tokens.total else []
    if cost.retrieval_requests:
        told.append(f"{_count(cost.retrieval_requests, 'lookup')} ({duration_text(cost.retrieval_ms)})")
    return " and ".join(told)


def _few(reasons: Sequence[str]) -> str:
    shown, more = reasons[:_MOST_REASONS], len(reasons) - _MOST_REASONS
    return _listed([*shown, *([f"{more} more"] if more > 0 else [])])


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _colon(reason: str | None) -> str:
    return f": {shown_text(reason, most=LONGEST_VALUE)}" if reason else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else endings.get(number % 10, 'th')}"
