"""The history of runs over rows in memory."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.executions.context import context_as_json
from domain.executions.errors import ExecutionNotFound
from domain.executions.evidence import config_evidence, evidence_of, payload_evidence
from domain.executions.execution import Execution, ExecutionStatus
from domain.executions.history import RunRecords
from domain.executions.snapshot import Snapshot, SnapshotReason
from domain.ids import ExecutionId, NodeId, UserId
from domain.values.json import as_object
from domain.workflows.graph import Graph
from tests.fakes.store import FakeStore


class FakeRunHistory:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def of(self, execution_id: ExecutionId, owner_id: UserId) -> RunRecords:
        rows = self._store.rows
        run = rows.executions.get(execution_id)
        if run is None or run.owner_id != owner_id:
            raise ExecutionNotFound
        workflow = rows.workflows[run.workflow_id]
        snapshots = rows.snapshots.get(execution_id, ())
        counters = context_as_json(snapshots[-1].context) if snapshots else None
        return RunRecords(
            id=run.id,
            workflow_id=run.workflow_id,
            workflow_name=workflow.name,
            workflow_version=run.workflow_version,
            current_version=workflow.version,
            trigger=run.trigger,
            payload=payload_evidence(run.payload),
            graph=_evidence(run.graph),
            status=run.status,
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            error=run.error_message,
            claims=run.claims,
            is_held=self._is_held(run),
            steps=[evidence_of(each) for each in rows.steps.get(execution_id, ())],
            superseded=[evidence_of(each) for each in rows.superseded.get(execution_id, ())],
            emitted=_emitted(snapshots),
            control=counters and as_object(counters["control"]),
            retrieval=counters and as_object(counters["retrieval"]),
        )

    def _is_held(self, run: Execution) -> bool:
        is_leased = run.lease is not None and run.lease.expires_at > self._store.clock.now()
        return run.status is ExecutionStatus.RUNNING and is_leased


def _evidence(graph: Graph) -> Graph:
    return replace(graph, nodes=tuple(replace(node, config=config_evidence(node.config)) for node in graph.nodes))


def _emitted(snapshots: Sequence[Snapshot]) -> Mapping[NodeId, Sequence[int]]:
    found: dict[NodeId, list[int]] = defaultdict(list)
    for each in snapshots:
        if each.reason is SnapshotReason.STEP and each.node_id is not None:
            found[each.node_id].append(each.sequence)
    return found
