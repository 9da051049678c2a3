"""Follow a run to its end."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.ids import ExecutionId, UserId, WorkflowId
from entrypoints.cli.session import Session

POLL_SECONDS: Final = 0.2
FINAL: Final = ("completed", "failed", "canceled")

Record = Mapping[str, Any]


async def followed(
    session: Session, execution_id: ExecutionId, owner_id: UserId, *, seen: Callable[[Record], None] = lambda _: None
) -> Record:
    """Wait until the run is over and return its whole record; show `seen` each state on the way.

    Where no REX is running, this process works the run off itself: nobody else would.
    """
    async with session.helping_out():
        while True:
            record = await recorded(session, execution_id, owner_id)
            seen(record)
            if record["status"] in FINAL:
                return record
            await asyncio.sleep(POLL_SECONDS)


async def recorded(session: Session, execution_id: ExecutionId, owner_id: UserId) -> Record:
    """A run's whole record. Raise ExecutionNotFound."""
    raw = await session.container.execution_reads().detail(execution_id, owner_id)
    record: Record = msgspec.json.decode(raw)
    return record


async def labels_of(session: Session, record: Record, owner_id: UserId) -> dict[str, str]:
    """How the nodes of a run's workflow are called today."""
    workflow_id = WorkflowId(UUID(record["workflowId"]))
    one = await session.container.workflow_reads().one(workflow_id, owner_id)
    return {node["id"]: node["label"] for node in msgspec.json.decode(one.record)["nodes"]}
