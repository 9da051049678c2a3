"""Derives an explanation from what is on record about a run and from the run's own graph. No I/O."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.executions.accounts import limits_of, totals_of
from domain.executions.attempt import Attempt
from domain.executions.costs import NO_COST, cost_of, lookup, used_knowledge
from domain.executions.edge_reasons import edge_reason, label_of
from domain.executions.endings import end_of, skip_of
from domain.executions.error_handling import handles_errors
from domain.executions.explanation import EdgeReason, Entry, Explanation, UsedKnowledge, Waiting
from domain.executions.history import RunRecords, Visit, visits_of
from domain.executions.plan import Plan, UnrunnableGraph, plan
from domain.executions.rejections import Rejections
from domain.executions.showing import shown_json, shown_text
from domain.executions.step import Step, StepStatus
from domain.executions.wording import run_summary, visit_summary, waiting_summary
from domain.ids import NodeId
from domain.workflows.graph import GraphNode

_NO_PLAN = Plan(waves=(), incoming={}, outgoing={}, places={})


def explained(records: RunRecords) -> Explanation:
    """Entries are in the order of what happened; of a run that is not over, what is still to come follows."""
    try:
        planned = plan(records.graph)
    except UnrunnableGraph:
        planned = _NO_PLAN
    return _Explaining(records, planned).explanation()


class _Explaining:
    """`_seen` is the latest visit of each node while the entries are made, visit by visit."""

    def __init__(self, records: RunRecords, planned: Plan) -> None:
        self._records = records
        self._plan = planned
        self._nodes = {node.id: node for node in planned.nodes()}
        self._waves = {node.id: wave.index for wave in planned.waves for node in wave.nodes}
        self._visits = [each for each in visits_of(records) if each.node_id in self._nodes]
        self._rejections = Rejections(self._visits, planned, self._nodes)
        self._seen: dict[NodeId, Visit] = {}
        self._end = end_of(records, self._visits, self._is_handled)

    def explanation(self) -> Explanation:
        entries = [self._entry(at, visit) for at, visit in enumerate(self._visits)]
        totals = totals_of(self._records, self._visits)
        records = self._records
        return Explanation(
            execution_id=records.id,
            workflow_id=records.workflow_id,
            workflow_name=records.workflow_name,
            workflow_version=records.workflow_version,
            current_version=records.current_version,
            trigger=records.trigger,
            payload=shown_json(records.payload),
            status=records.status,
            created_at=records.created_at,
            started_at=records.started_at,
            finished_at=records.finished_at,
            claims=records.claims,
            end=self._end,
            limits=limits_of(records),
            totals=totals,
            entries=[*entries, *self._to_come()],
            summary=run_summary(records, self._end, totals, self._nodes),
        )

    def _entry(self, at: int, visit: Visit) -> Entry:
        node, step = self._nodes[visit.node_id], visit.step
        because = self._because(node)
        rerun, discarded = self._rejections.behind(at, visit), self._rejections.of(at, visit)
        skip, cost = skip_of(step, self._end), cost_of(visit)
        handled = step.status is StepStatus.FAILED and self._is_handled(step)
        knowledge = self._knowledge(visit)
        started_at = step.created_at - timedelta(milliseconds=step.duration_ms)
        waiting = self._waiting(at, visit, started_at)
        self._seen[node.id] = visit
        return Entry(
            node_id=node.id,
            node_type=node.type,
            label=label_of(node),
            place=self._plan.places[node.id],
            wave=self._waves[node.id],
            round=visit.round,
            status=step.status.value,
            started_at=None if skip else started_at,
            recorded_at=step.created_at,
            because=because,
            waiting=waiting,
            attempts=[_shown_attempt(each) for each in step.attempts],
            rerun_because=rerun,
            discarded_because=discarded,
            skipped=skip,
            error=None if step.error is None or skip else shown_text(step.error),
            failure_handled=handled,
            retrievals=[lookup(each) for each in step.retrievals],
            knowledge=knowledge,
            cost=cost,
            summary=visit_summary(
                node,
                visit,
                because,
                trigger=self._records.trigger,
                rerun=rerun,
                discarded=discarded,
                skip=skip,
                handled=handled,
                cost=cost,
                knowledge=knowledge,
                nodes=self._nodes,
            ),
        )

    def _to_come(self) -> Sequence[Entry]:
        """Nodes without a standing visit, as long as the run may still reach them."""
        if self._records.status.is_final:
            return []
        self._seen = {each.node_id: each for each in self._visits if not each.is_superseded}
        rounds = Counter(each.node_id for each in self._visits)
        left = [node for node in self._plan.nodes() if node.id not in self._seen]
        turn = self._waves[left[0].id] if left else 0
        return [
            self._entry_to_come(node, round=rounds[node.id] + 1, is_ready=self._waves[node.id] == turn) for node in left
        ]

    def _entry_to_come(self, node: GraphNode, *, round: int, is_ready: bool) -> Entry:
        because = self._because(node)
        return Entry(
            node_id=node.id,
            node_type=node.type,
            label=label_of(node),
            place=self._plan.places[node.id],
            wave=self._waves[node.id],
            round=round,
            status="ready" if is_ready else "waiting",
            because=because,
            waiting=Waiting(parents=self._parents(node.id), ready_at=None, waited_ms=None, between_attempts_ms=0),
            cost=NO_COST,
            summary=waiting_summary(node, because, self._records.status, is_ready=is_ready),
        )

    def _because(self, node: GraphNode) -> list[EdgeReason]:
        edges = self._plan.incoming[node.id]
        return [edge_reason(edge, self._nodes[edge.source], self._seen.get(edge.source)) for edge in edges]

    def _waiting(self, at: int, visit: Visit, started_at: datetime) -> Waiting:
        parents = self._parents(visit.node_id)
        done = [self._seen[each].step.created_at for each in parents if each in self._seen]
        if before := self._rejections.before(at, visit):
            done.append(before.judge.step.created_at)
        ready_at = max(done, default=self._records.created_at)
        step = visit.step
        spent = sum(each.duration_ms for each in step.attempts)
        is_skipped = step.status is StepStatus.SKIPPED
        return Waiting(
            parents=parents,
            ready_at=ready_at,
            waited_ms=None if is_skipped else max(0, round((started_at - ready_at) / timedelta(milliseconds=1))),
            between_attempts_ms=max(0, step.duration_ms - spent) if len(step.attempts) > 1 else 0,
        )

    def _parents(self, node_id: NodeId) -> Sequence[NodeId]:
        return list(dict.fromkeys(edge.source for edge in self._plan.incoming[node_id]))

    def _knowledge(self, visit: Visit) -> UsedKnowledge | None:
        used = used_knowledge(visit)
        return None if used is None else replace(used, retrieved_by=self._retriever_for(visit))

    def _retriever_for(self, visit: Visit) -> NodeId | None:
        """Itself, or the nearest node upstream that looked something up."""
        if visit.step.retrievals:
            return visit.node_id
        upstream, ahead = {visit.node_id}, deque([visit.node_id])
        while ahead:
            for edge in self._plan.incoming[ahead.popleft()]:
                source = self._seen.get(edge.source)
                if source is None or edge.source in upstream or edge.id not in source.step.taken_edges:
                    continue
                if source.step.retrievals:
                    return edge.source
                upstream.add(edge.source)
                ahead.append(edge.source)
        return None

    def _is_handled(self, step: Step) -> bool:
        return handles_errors(self._nodes[step.node_id], self._plan.outgoing[step.node_id])


def _shown_attempt(attempt: Attempt) -> Attempt:
    return replace(attempt, reason=None if attempt.reason is None else shown_text(attempt.reason))
