"""Locks on those whose things are counted: two that are added at once must not both be the last."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.tables.accounts import users
from adapters.postgres.tables.workflows import workflows
from domain.accounts.errors import UserNotFound
from domain.ids import UserId, WorkflowId
from domain.workflows.errors import WorkflowNotFound


async def locked_owner(connection: AsyncConnection, user_id: UserId) -> None:
    """Until the transaction ends. Raise UserNotFound."""
    locked = select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True)
    if (await connection.execute(locked)).one_or_none() is None:
        raise UserNotFound


async def locked_workflow(connection: AsyncConnection, workflow_id: WorkflowId) -> None:
    """Until the transaction ends. Raise WorkflowNotFound."""
    locked = select(workflows.c.id).where(workflows.c.id == workflow_id).with_for_update(key_share=True)
    if (await connection.execute(locked)).one_or_none() is None:
        raise WorkflowNotFound
