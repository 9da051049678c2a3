"""Where a run stands: what came out of the nodes so far, and what that means for the rest. No I/O."""

from dataclasses import dataclass
from datetime import datetime

from domain.executions.context import Context
from domain.executions.plan import Plan
from domain.executions.retry import BOOKKEEPING_KEYS
from domain.executions.routing import judge
from domain.executions.step import AFTER_FAILURE, AFTER_LIMIT, AFTER_TERMINATION, Step, StepStatus, shortened
from domain.ids import EdgeId, NodeId
from domain.values.json import JsonObject
from domain.workflows.graph import Edge, GraphNode

TERMINATED = "Execution terminated by control node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Why no further node runs. `error` is the run's error, None when it ends well."""

    error: str | None
    skip_reason: str
    outcome: str | None = None
    """The reason to remember under `execution.outcome` when control, not a failure, ended the run."""


@dataclass(frozen=True, slots=True)
class _Settled:
    data: JsonObject
    taken: frozenset[EdgeId]


class Progress:
    """Grows by one step at a time, live or recalled after a crash: both lead to the same place."""

    def __init__(self, plan: Plan, payload: JsonObject) -> None:
        self._plan = plan
        self._payload = payload
        self._settled: dict[NodeId, _Settled] = {}
        self.recorded = 0
        self.halt: Halt | None = None

    def absorb(self, step: Step, context: Context) -> None:
        """Take in a step that is on record, with the context after it."""
        self.recorded += 1
        data = {key: value for key, value in (step.output or {}).items() if key not in BOOKKEEPING_KEYS}
        self._settled[step.node_id] = _Settled(data, frozenset(step.taken_edges))
        if step.status is StepStatus.FAILED:
            error = f'Node "{step.node_id}" ({step.node_type}) failed: {step.error}'
            self.halt = Halt(error=error, skip_reason=AFTER_FAILURE)
        elif step.status is StepStatus.COMPLETED:
            self.halt = _halted_by_control(context)

    def is_settled(self, node: GraphNode) -> bool:
        return node.id in self._settled

    def is_reachable(self, node: GraphNode) -> bool:
        """True for roots, and for nodes that at least one taken edge leads to."""
        incoming = self._plan.incoming[node.id]
        return not incoming or any(self._is_taken(edge) for edge in incoming)

    def assembled_input(self, node: GraphNode) -> JsonObject:
        """The payload, overlaid key by key with the output of each direct parent whose edge was taken.

        Edge order decides who overwrites whom: later edges win.
        """
        assembled = dict(self._payload)
        for edge in self._plan.incoming[node.id]:
            if self._is_taken(edge):
                assembled.update(self._settled[edge.source].data)
        return assembled

    def taken_edges(self, node: GraphNode, produced: JsonObject) -> tuple[EdgeId, ...]:
        """The outgoing edges that an output opens."""
        return tuple(edge.id for edge in self._plan.outgoing[node.id] if judge(edge, produced).taken)

    def rest(self) -> list[GraphNode]:
        """Nodes without a step, in execution order."""
        return [node for node in self._plan.nodes() if node.id not in self._settled]

    def _is_taken(self, edge: Edge) -> bool:
        source = self._settled.get(edge.source)
        return source is not None and edge.id in source.taken


def _halted_by_control(context: Context) -> Halt | None:
    if limit := context.control.exceeded():
        return Halt(error=limit, skip_reason=AFTER_LIMIT, outcome=limit)
    if not context.control.terminate:
        return None
    reason = context.memory.get("control.terminateReason")
    text = reason if isinstance(reason, str) and reason.strip() else TERMINATED
    return Halt(error=None, skip_reason=AFTER_TERMINATION, outcome=text)


def skipped_step(node: GraphNode, sequence: int, reason: str, *, at: datetime) -> Step:
    return Step(
        sequence=sequence,
        node_id=node.id,
        node_type=node.type,
        status=StepStatus.SKIPPED,
        error=shortened(reason),
        created_at=at,
    )
