"""Where a run stands: what came out of the nodes so far, and what that means for the rest. No I/O."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.executions.attempt import Attempt
from domain.executions.context import Context
from domain.executions.error_handling import handles_errors, handling_edges, with_error
from domain.executions.plan import Plan, Wave
from domain.executions.retry import BOOKKEEPING_KEYS
from domain.executions.routing import judge
from domain.executions.step import AFTER_FAILURE, AFTER_LIMIT, AFTER_TERMINATION, Step, StepStatus, shortened
from domain.ids import EdgeId, NodeId
from domain.values.json import JsonObject
from domain.workflows.graph import Edge, GraphNode

OUTPUTS_KEY = "_nodes"
"""Below it, paths and placeholders find outputs by the ids of their nodes."""

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
    step: Step
    data: JsonObject
    taken: frozenset[EdgeId]


class Progress:
    """Grows by one step at a time, live or recalled after a crash: both lead to the same place."""

    def __init__(self, plan: Plan, payload: JsonObject) -> None:
        self._plan = plan
        self._payload = payload
        self._nodes = {node.id: node for node in plan.nodes()}
        self._waves = {node.id: wave.index for wave in plan.waves for node in wave.nodes}
        self._settled: dict[NodeId, _Settled] = {}
        self._earlier: dict[NodeId, list[Step]] = {}
        self.halt: Halt | None = None

    def absorb(self, step: Step, context: Context) -> None:
        """Take in a step that is on record, with the context after it.

        A failure that ends the run ends it whatever else is on record: after a second round that is not only what
        comes before the failed node.
        """
        node = self._nodes[step.node_id]
        data = {key: value for key, value in (step.output or {}).items() if key not in BOOKKEEPING_KEYS}
        if step.status is StepStatus.FAILED:
            data = with_error(step, self.assembled_input(node))
        self._settled[node.id] = _Settled(step, data, frozenset(step.taken_edges))
        if step.status is StepStatus.FAILED and not self.handles_errors(node):
            error = f'Node "{step.node_id}" ({step.node_type}) failed: {step.error}'
            self.halt = Halt(error=error, skip_reason=AFTER_FAILURE)
        elif step.status is not StepStatus.SKIPPED and (self.halt is None or self.halt.error is None):
            self.halt = _halted_by_control(context)

    def supersede(self, steps: Collection[Step]) -> None:
        """Forget what came out of these nodes: they are to run again. `steps` are what was on record of them."""
        for step in steps:
            self._settled.pop(step.node_id, None)
            self._earlier.setdefault(step.node_id, []).append(step)

    def earlier(self, node_id: NodeId) -> Sequence[Step]:
        """What was on record of it in the rounds before this one."""
        return self._earlier.get(node_id, [])

    def round_of(self, node_id: NodeId) -> int:
        """Counts from 1: how often the node is run with what is upstream of it made anew."""
        return len(self._earlier.get(node_id, ())) + 1

    def attempts_before(self, node_id: NodeId) -> tuple[Attempt, ...]:
        """The attempts of the rounds before this one; each round's step lists those of all rounds before it too."""
        earlier = self._earlier.get(node_id)
        return earlier[-1].attempts if earlier else ()

    def place(self, node: GraphNode) -> int:
        return self._plan.places[node.id]

    def next_wave(self) -> tuple[Wave, list[GraphNode]] | None:
        """The first wave in which something is left to do, with what that is; None when all is done."""
        for wave in self._plan.waves:
            if left := [node for node in wave.nodes if node.id not in self._settled]:
                return wave, left
        return None

    @property
    def waves(self) -> int:
        return len(self._plan.waves)

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

    def outputs_before(self, wave: Wave) -> Mapping[NodeId, JsonObject]:
        """What the nodes of earlier waves handed on. Nodes of one wave never see each other, in whatever order
        they run."""
        earlier = (node.id for each in self._plan.waves[: wave.index - 1] for node in each.nodes)
        return {
            each: self._settled[each].data
            for each in earlier
            if self._settled[each].step.status is StepStatus.COMPLETED
        }

    def taken_edges(self, node: GraphNode, produced: JsonObject) -> tuple[EdgeId, ...]:
        """The outgoing edges that an output opens."""
        return tuple(edge.id for edge in self._plan.outgoing[node.id] if judge(edge, produced).taken)

    def handles_errors(self, node: GraphNode) -> bool:
        """Whether the run goes on when this node fails."""
        return handles_errors(node, self._plan.outgoing[node.id])

    def edges_after_failure(self, node: GraphNode) -> tuple[EdgeId, ...]:
        return tuple(edge.id for edge in handling_edges(node, self._plan.outgoing[node.id]))

    def maker_of(self, path: str, node: GraphNode) -> GraphNode | None:
        """The node that made what `node` found at `path`; None when it came from outside or is not there.

        Follows taken edges back through nodes that only passed it on; below OUTPUTS_KEY the path names a node itself.
        """
        key, _, rest = path.partition(".")
        if key != OUTPUTS_KEY:
            giver = self._giver(key, node)
        else:
            named, _, beyond = rest.partition(".")
            giver, key = self._completed_before(node, NodeId(named)), beyond.partition(".")[0]
            if not key:
                return giver
        while giver is not None and not self._settled[giver.id].step.made(key):
            giver = self._giver(key, giver)
        return giver

    def _completed_before(self, node: GraphNode, named: NodeId) -> GraphNode | None:
        """The named node where `node` can see what it made: it is done, in an earlier wave."""
        settled = self._settled.get(named)
        is_completed = settled is not None and settled.step.status is StepStatus.COMPLETED
        return self._nodes[named] if is_completed and self._waves[named] < self._waves[node.id] else None

    def _giver(self, key: str, node: GraphNode) -> GraphNode | None:
        """The parent whose output put `key` into the input of `node`."""
        for edge in reversed(self._plan.incoming[node.id]):
            if self._is_taken(edge) and key in self._settled[edge.source].data:
                return self._nodes[edge.source]
        return None

    def steps_from(self, maker: NodeId) -> Sequence[Step]:
        """What is on record of `maker` and of everything downstream of it, in execution order."""
        affected = self._plan.downstream([maker])
        return [
            self._settled[each.id].step for each in self._plan.nodes() if each.id in affected & self._settled.keys()
        ]

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


def skipped_step(node: GraphNode, sequence: int, reason: str, *, at: datetime, round: int = 1) -> Step:
    return Step(
        sequence=sequence,
        round=round,
        node_id=node.id,
        node_type=node.type,
        status=StepStatus.SKIPPED,
        error=shortened(reason),
        created_at=at,
    )
