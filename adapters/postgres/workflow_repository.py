"""Workflows in rows."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import translated_refusals
from adapters.postgres.documents import decoded, edges_document, encoded, graph_from, nodes_document
from adapters.postgres.tables.workflows import workflows
from domain.ids import UserId, WorkflowId
from domain.workflows.errors import WorkflowChangedMeanwhile, WorkflowNotFound
from domain.workflows.workflow import TemplateOrigin, Workflow, WorkflowStatus

_MINE = select(workflows).where(workflows.c.id == bindparam("id"), workflows.c.user_id == bindparam("owner"))


class PostgresWorkflowRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, workflow: Workflow) -> None:
        with translated_refusals():
            await self._connection.execute(insert(workflows), _as_row(workflow))

    async def get(self, workflow_id: WorkflowId, owner_id: UserId) -> Workflow:
        found = await self._connection.execute(_MINE, {"id": workflow_id, "owner": owner_id})
        if (row := found.one_or_none()) is None:
            raise WorkflowNotFound
        return _from_row(row)

    async def get_to_change(self, workflow_id: WorkflowId, owner_id: UserId) -> Workflow:
        locked = _MINE.with_for_update(key_share=True)
        found = await self._connection.execute(locked, {"id": workflow_id, "owner": owner_id})
        if (row := found.one_or_none()) is None:
            raise WorkflowNotFound
        return _from_row(row)

    async def of_anybody(self, workflow_id: WorkflowId) -> Workflow | None:
        found = await self._connection.execute(select(workflows).where(workflows.c.id == workflow_id))
        row = found.one_or_none()
        return None if row is None else _from_row(row)

    async def save(self, workflow: Workflow, *, was_revision: int) -> None:
        unchanged = (workflows.c.id == workflow.id, workflows.c.revision == was_revision)
        done = await self._connection.execute(update(workflows).where(*unchanged).values(**_as_row(workflow)))
        if done.rowcount == 0:
            raise WorkflowChangedMeanwhile

    async def remove(self, workflow: Workflow, *, was_revision: int | None = None) -> None:
        gone = delete(workflows).where(workflows.c.id == workflow.id)
        if was_revision is None:
            await self._connection.execute(gone)
        elif (await self._connection.execute(gone.where(workflows.c.revision == was_revision))).rowcount == 0:
            raise WorkflowChangedMeanwhile


def _as_row(workflow: Workflow) -> dict[str, object]:
    origin = workflow.origin
    return {
        "id": workflow.id,
        "user_id": workflow.owner_id,
        "name": workflow.name,
        "description": workflow.description,
        "status": workflow.status.value,
        "nodes": nodes_document(workflow.graph.nodes),
        "edges": edges_document(workflow.graph.edges),
        "version": workflow.version,
        "revision": workflow.revision,
        "source_template_id": origin.template_id if origin else None,
        "source_template_version": origin.version if origin else None,
        "source_template_params": encoded(origin.params) if origin else None,
        "created_at": workflow.created_at,
        "updated_at": workflow.updated_at,
    }


def _from_row(row: Row[Any]) -> Workflow:
    return Workflow(
        id=WorkflowId(row.id),
        owner_id=UserId(row.user_id),
        name=row.name,
        description=row.description,
        status=WorkflowStatus(row.status),
        graph=graph_from(row.nodes, row.edges),
        version=row.version,
        revision=row.revision,
        origin=_origin(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _origin(row: Row[Any]) -> TemplateOrigin | None:
    if row.source_template_id is None:
        return None
    return TemplateOrigin(
        template_id=row.source_template_id,
        version=row.source_template_version,
        params=decoded(row.source_template_params),
    )
