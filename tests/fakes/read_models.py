"""Read models over rows in memory, in the shape of the wire."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec

from application.ports.cursor import Key, read, written
from application.ports.read_models import (
    AccessTokenState,
    AccountState,
    AttemptFilter,
    ExecutionState,
    Page,
    Paging,
    Profile,
    RetrievalFilter,
    SnapshotFilter,
    WorkflowRead,
)
from domain.accounts.errors import UserNotFound
from domain.executions.context import context_as_json
from domain.executions.errors import ExecutionNotFound
from domain.executions.execution import Execution
from domain.executions.retrieval import RetrievalEvent
from domain.executions.snapshot import Snapshot
from domain.executions.step import Step
from domain.ids import ExecutionId, UserId, WorkflowId
from domain.values.timestamps import timestamp
from domain.workflows.errors import WorkflowNotFound
from domain.workflows.graph import Edge, GraphNode
from domain.workflows.workflow import Workflow
from tests.fakes.store import FakeStore

Record = dict[str, Any]

_KINDS: dict[str, tuple[type[Key], ...]] = {
    "attempts": (int, int),
    "retrievals": (int,),
    "snapshots": (int,),
    "chunks": (int,),
}


class FakeAccountReads:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def profile(self, user_id: UserId) -> Profile:
        user = self._store.rows.users.get(user_id)
        if user is None:
            raise UserNotFound
        return Profile(id=user.id, email=user.email, name=user.name)

    async def state(self, user_id: UserId) -> AccountState | None:
        user = self._store.rows.users.get(user_id)
        return None if user is None else AccountState(user_id=user.id, token_version=user.token_version)

    async def use_access_token(self, digest: bytes, *, at: datetime) -> AccessTokenState | None:
        rows = self._store.rows.access_tokens
        token = next((each for each in rows.values() if each.digest == digest), None)
        if token is None:
            return None
        is_live = token.expires_at is None or token.expires_at > at
        if is_live and (token.last_used_at is None or token.last_used_at <= at - timedelta(minutes=1)):
            rows[token.id] = replace(token, last_used_at=at)
        return AccessTokenState(user_id=token.owner_id, scopes=token.scopes, expires_at=token.expires_at)


class FakeWorkflowReads:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def one(self, workflow_id: WorkflowId, owner_id: UserId) -> WorkflowRead:
        found = self._store.rows.workflows.get(workflow_id)
        if found is None or found.owner_id != owner_id:
            raise WorkflowNotFound
        return WorkflowRead(record=raw(_workflow(found)), revision=found.revision)

    async def mine(self, owner_id: UserId, paging: Paging) -> Page:
        mine = (each for each in self._store.rows.workflows.values() if each.owner_id == owner_id)
        return page_of("workflows", [((each.updated_at, each.id), _workflow(each)) for each in mine], paging)


class FakeExecutionReads:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def detail(self, execution_id: ExecutionId, owner_id: UserId) -> msgspec.Raw:
        execution = self._owned(execution_id, owner_id)
        steps = self._store.rows.steps.get(execution_id, ())
        attempts = [each for _, each in self._all_attempts(execution_id)]
        events = [each for _, each in self._all_events(execution_id)]
        snapshots = [_snapshot(execution_id, each) for each in self._store.rows.snapshots.get(execution_id, ())]
        return raw(
            {
                **_execution(execution),
                "steps": [_step(execution_id, step) for step in steps],
                "stepAttempts": attempts[::-1][:50],
                "retrievalEvents": events[::-1][:50],
                "contextSnapshots": snapshots[::-1][:20],
                "stepAttemptsMeta": _shown(len(attempts), 50),
                "retrievalEventsMeta": _shown(len(events), 50),
                "contextSnapshotsMeta": _shown(len(snapshots), 20),
            }
        )

    async def of_workflow(self, workflow_id: WorkflowId, owner_id: UserId, paging: Paging) -> Page:
        workflow = self._store.rows.workflows.get(workflow_id)
        if workflow is None or workflow.owner_id != owner_id:
            raise WorkflowNotFound
        runs = (each for each in self._store.rows.executions.values() if each.workflow_id == workflow_id)
        return page_of("runs", [((each.created_at, each.id), _execution(each)) for each in runs], paging)

    async def active(self, owner_id: UserId, paging: Paging) -> Page:
        mine = (each for each in self._store.rows.executions.values() if each.owner_id == owner_id)
        active = (each for each in mine if not each.status.is_final)
        return page_of("active", [((each.created_at, each.id), self._active(each)) for each in active], paging)

    async def attempts(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: AttemptFilter, paging: Paging
    ) -> Page:
        self._owned(execution_id, owner_id)
        records = [
            (keys, record)
            for keys, record in self._all_attempts(execution_id)
            if chosen.node_id in (None, record["nodeId"]) and chosen.status in (None, record["status"])
        ]
        return page_of("attempts", records, paging)

    async def retrieval_events(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: RetrievalFilter, paging: Paging
    ) -> Page:
        self._owned(execution_id, owner_id)
        wanted = {
            "nodeId": chosen.node_id,
            "status": chosen.status,
            "strategy": chosen.strategy,
            "retrieverKey": chosen.retriever_key,
            "selected": chosen.selected,
        }
        records = [
            (keys, record)
            for keys, record in self._all_events(execution_id)
            if all(value in (None, record[name]) for name, value in wanted.items())
        ]
        return page_of("retrievals", records, paging)

    async def snapshots(
        self, execution_id: ExecutionId, owner_id: UserId, chosen: SnapshotFilter, paging: Paging
    ) -> Page:
        self._owned(execution_id, owner_id)
        snapshots = self._store.rows.snapshots.get(execution_id, ())
        records = [
            ((each.sequence,), _snapshot(execution_id, each))
            for each in snapshots
            if chosen.reason in (None, each.reason)
        ]
        return page_of("snapshots", records, paging)

    async def status(self, execution_id: ExecutionId, owner_id: UserId) -> ExecutionState:
        found = self._owned(execution_id, owner_id)
        return ExecutionState(
            status=found.status.value, finished_at=found.finished_at, error_message=found.error_message
        )

    def _rounds(self, execution_id: ExecutionId) -> list[Step]:
        """All steps that ever were on record, a node's rounds in order."""
        rows = self._store.rows
        every = [*rows.superseded.get(execution_id, ()), *rows.steps.get(execution_id, ())]
        return sorted(every, key=lambda step: (step.sequence, step.round))

    def _all_attempts(self, execution_id: ExecutionId) -> list[tuple[tuple[int, int], Record]]:
        """Each round lists those of the rounds before it too: theirs is the last word, the time is the first's."""
        found: dict[tuple[int, int], Record] = {}
        for step in self._rounds(execution_id):
            for record in _attempts(execution_id, [step]):
                keys = (step.sequence, record["attempt"])
                since = found.get(keys, record)["createdAt"]
                found[keys] = {**record, "createdAt": since}
        return sorted(found.items(), key=lambda each: each[0])

    def _all_events(self, execution_id: ExecutionId) -> list[tuple[tuple[int], Record]]:
        events = [(step, event) for step in self._rounds(execution_id) for event in step.retrievals]
        return [((at,), _event(execution_id, at, *each)) for at, each in enumerate(events)]

    def _owned(self, execution_id: ExecutionId, owner_id: UserId) -> Execution:
        found = self._store.rows.executions.get(execution_id)
        if found is None or found.owner_id != owner_id:
            raise ExecutionNotFound
        return found

    def _active(self, execution: Execution) -> Record:
        workflow = self._store.rows.workflows[execution.workflow_id]
        return {
            "workflowId": workflow.id,
            "workflowName": workflow.name,
            "workflowStatus": workflow.status,
            "executionId": execution.id,
            "executionStatus": execution.status,
            "startedAt": execution.started_at and timestamp(execution.started_at),
            "createdAt": timestamp(execution.created_at),
        }


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def page_of(
    name: str, keyed: Sequence[tuple[tuple[Key, ...], Record]], paging: Paging, *, is_ascending: bool = False
) -> Page:
    """Highest keys first, unless it is ascending."""
    rows = sorted(keyed, key=lambda each: each[0], reverse=not is_ascending)
    total = None if paging.after is not None else len(rows)
    if paging.after is not None:
        kinds = _KINDS.get(name, (datetime, UUID))
        seen = tuple(read(paging.after, name, kinds))
        rows = [each for each in rows if (each[0] > seen if is_ascending else each[0] < seen)]
    start = 0 if paging.after is not None else paging.offset
    shown = rows[start : start + paging.limit]
    has_more = len(rows) > start + paging.limit
    return Page(
        items=raw([record for _, record in shown]),
        total=total,
        next=written(name, shown[-1][0]) if has_more else None,
    )


def _workflow(workflow: Workflow) -> Record:
    origin = workflow.origin
    return {
        "id": workflow.id,
        "userId": workflow.owner_id,
        "name": workflow.name,
        "description": workflow.description,
        "status": workflow.status,
        "nodes": [_node(node) for node in workflow.graph.nodes],
        "edges": [_edge(edge) for edge in workflow.graph.edges],
        "version": workflow.version,
        "sourceTemplateId": origin and origin.template_id,
        "sourceTemplateVersion": origin and origin.version,
        "sourceTemplateParams": origin and origin.params,
        "createdAt": timestamp(workflow.created_at),
        "updatedAt": timestamp(workflow.updated_at),
    }


def _node(node: GraphNode) -> Record:
    position = {"x": node.x, "y": node.y}
    return {"id": node.id, "type": node.type, "label": node.label, "position": position, "config": node.config}


def _edge(edge: Edge) -> Record:
    condition = {} if edge.condition is None else {"condition": edge.condition}
    return {"id": edge.id, "source": edge.source, "target": edge.target, **condition}


def _execution(execution: Execution) -> Record:
    return {
        "id": execution.id,
        "workflowId": execution.workflow_id,
        "status": execution.status,
        "triggerPayload": execution.payload,
        "startedAt": execution.started_at and timestamp(execution.started_at),
        "finishedAt": execution.finished_at and timestamp(execution.finished_at),
        "errorMessage": execution.error_message,
        "createdAt": timestamp(execution.created_at),
    }


def _step(execution_id: ExecutionId, step: Step) -> Record:
    return {
        "id": uuid5(execution_id, step.node_id),
        "executionId": execution_id,
        "nodeId": step.node_id,
        "nodeType": step.node_type,
        "status": step.status,
        "input": step.input,
        "output": step.output,
        "durationMs": step.duration_ms,
        "error": step.error,
        "createdAt": timestamp(step.created_at),
    }


def _attempts(execution_id: ExecutionId, steps: Sequence[Step]) -> list[Record]:
    return [
        {
            "id": uuid5(execution_id, f"{step.node_id} {attempt.number}"),
            "executionId": execution_id,
            "nodeId": step.node_id,
            "nodeType": step.node_type,
            "attempt": attempt.number,
            "status": attempt.status,
            "durationMs": attempt.duration_ms,
            "reason": attempt.reason,
            "createdAt": timestamp(step.created_at),
        }
        for step in steps
        for attempt in step.attempts
    ]


def _event(execution_id: ExecutionId, at: int, step: Step, event: RetrievalEvent) -> Record:
    return {
        "id": uuid5(execution_id, f"retrieval {at}"),
        "executionId": execution_id,
        "nodeId": step.node_id,
        "nodeType": step.node_type,
        "query": event.query,
        "topK": event.top_k,
        "attempt": event.attempt,
        "maxAttempts": event.max_attempts,
        "status": event.status,
        "matchesCount": event.matches_count,
        "durationMs": event.duration_ms,
        "errorMessage": event.error,
        "scopeType": event.scope.type,
        "corpusId": event.scope.corpus_id,
        "workflowIdScope": event.scope.workflow_id,
        "executionIdScope": event.scope.execution_id,
        "strategy": event.strategy,
        "retrieverKey": event.retriever_key,
        "branchIndex": event.branch_index,
        "selected": event.selected,
        "createdAt": timestamp(event.created_at),
    }


def _snapshot(execution_id: ExecutionId, snapshot: Snapshot) -> Record:
    return {
        "id": uuid5(NAMESPACE_OID, f"{execution_id} {snapshot.sequence}"),
        "executionId": execution_id,
        "sequence": snapshot.sequence,
        "reason": snapshot.reason,
        "nodeId": snapshot.node_id,
        "nodeType": snapshot.node_type,
        "state": context_as_json(snapshot.context),
        "createdAt": timestamp(snapshot.created_at),
    }


def _shown(total: int, limit: int) -> Record:
    pages = max(1, -(-total // limit))
    return {"total": total, "page": 1, "limit": limit, "totalPages": pages, "truncated": total > limit}
