"""What is on record about a run, put into the order in which it happened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.executions.attempt import Attempt
from domain.executions.execution import ExecutionStatus, TriggerSource
from domain.executions.plan import Plan
from domain.executions.step import Step, StepStatus
from domain.ids import ExecutionId, NodeId, WorkflowId
from domain.values.json import JsonObject
from domain.workflows.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecords:
    """A run with its own graph; of documents, only what `domain.executions.evidence` keeps.

    `steps` and `superseded` list the attempts of all rounds up to their own. `emitted` are the numbers of the
    snapshots that followed a node's visits, oldest first: the one trace that tells the order beyond doubt. `control`
    and `retrieval` are those sections of the latest snapshot, None where there is none.
    """

    id: ExecutionId
    workflow_id: WorkflowId
    workflow_name: str
    workflow_version: int
    current_version: int
    trigger: TriggerSource
    payload: str
    graph: Graph
    status: ExecutionStatus
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: str | None = None
    claims: int = 0
    is_held: bool = False
    """Whether a worker has it in hand now."""
    steps: Sequence[Step] = ()
    superseded: Sequence[Step] = ()
    emitted: Mapping[NodeId, Sequence[int]] = field(default_factory=dict)
    control: JsonObject | None = None
    retrieval: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One round of one node. `step` lists the attempts of this round only."""

    step: Step
    round: int
    is_superseded: bool
    emitted: int | None

    @property
    def node_id(self) -> NodeId:
        return self.step.node_id


@dataclass(frozen=True, slots=True)
class Rewind:
    """`judge` rejected what the node `maker` made: that node and all that came of it had to run again.

    `at` is the judge's place among the visits, counted from 0.
    """

    at: int
    judge: Visit
    maker: NodeId


def visits_of(records: RunRecords) -> list[Visit]:
    """In the order in which they went on record.

    Snapshots tell it. What has none (a stop writes none, and their table may be missing) follows by time.
    """
    visits = [visit for rounds in _by_node(records).values() for visit in _rounds(rounds, records)]
    last = len(visits) + max((number for each in records.emitted.values() for number in each), default=0)
    return sorted(
        visits,
        key=lambda each: (each.emitted or last, each.step.created_at, each.step.sequence, each.round),
    )


def rewinds_of(visits: Sequence[Visit], plan: Plan) -> list[Rewind]:
    """Where the run went back. Between two of them places only ascend, so a step back in place tells each.

    The node that runs next is the one that is made anew. Where nothing ran since, it is the first that is missing.
    """
    found = [
        Rewind(at, each, visits[at + 1].node_id)
        for at, each in enumerate(visits[:-1])
        if each.is_superseded and visits[at + 1].step.sequence <= each.step.sequence
    ]
    if visits and visits[-1].is_superseded:
        standing = {each.node_id for each in visits if not each.is_superseded}
        missing = [node.id for node in plan.nodes() if node.id not in standing]
        found.append(Rewind(len(visits) - 1, visits[-1], missing[0]))
    return found


def _by_node(records: RunRecords) -> Mapping[NodeId, list[tuple[Step, bool]]]:
    """All rounds of each node, oldest first; the last one stands unless it too was superseded."""
    by_node: dict[NodeId, list[tuple[Step, bool]]] = {}
    for step in sorted(records.superseded, key=lambda each: each.round):
        by_node.setdefault(step.node_id, []).append((step, True))
    for step in records.steps:
        by_node.setdefault(step.node_id, []).append((step, False))
    return by_node


def _rounds(steps: Sequence[tuple[Step, bool]], records: RunRecords) -> Iterator[Visit]:
    """Rounds are counted here: what a stop leaves unreached is recorded without knowing of earlier ones."""
    made = 0
    for round, (step, is_superseded) in enumerate(steps, 1):
        emitted = records.emitted.get(step.node_id, ())
        own = _own_attempts(step, made)
        made = max([made, *(each.number for each in own)])
        yield Visit(
            step=replace(step, attempts=own),
            round=round,
            is_superseded=is_superseded,
            emitted=emitted[round - 1] if round <= len(emitted) else None,
        )


def _own_attempts(step: Step, made: int) -> tuple[Attempt, ...]:
    if step.status is StepStatus.SKIPPED:
        return ()
    return tuple(each for each in step.attempts if each.number > made)
