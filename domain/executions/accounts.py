"""What a run came to as a whole, and how much of its limits it used."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from domain.executions.costs import cost_of, total
from domain.executions.explanation import Limits, Totals, Used
from domain.executions.history import RunRecords, Visit
from domain.executions.step import StepStatus


def totals_of(records: RunRecords, visits: Sequence[Visit]) -> Totals:
    standing = [each.step.status for each in visits if not each.is_superseded]
    elapsed = records.finished_at - records.started_at if records.started_at and records.finished_at else None
    return Totals(
        nodes=len({node.id for node in records.graph.nodes}),
        visits=len(visits),
        completed=standing.count(StepStatus.COMPLETED),
        failed=standing.count(StepStatus.FAILED),
        skipped=standing.count(StepStatus.SKIPPED),
        discarded=len(visits) - len(standing),
        elapsed_ms=None if elapsed is None else max(0, round(elapsed / timedelta(milliseconds=1))),
        cost=total(cost_of(each) for each in visits),
    )


def limits_of(records: RunRecords) -> Limits | None:
    control, retrieval = records.control, records.retrieval
    if control is None or retrieval is None:
        return None
    return Limits(
        retries=_used(control, "retryCount", "maxRetries"),
        loops=_used(control, "loopCount", "maxLoops"),
        retrieval_requests=_used(retrieval, "totalRequests", "maxRequests"),
        retrieval_failures=_used(retrieval, "totalFailures", "maxFailures"),
        retrieval_ms=_used(retrieval, "totalDurationMs", "maxDurationMs"),
    )


def _used(section: Mapping[str, object], used: str, most: str) -> Used:
    return Used(used=int(str(section[used])), most=int(str(section[most])))
