"""What accepting a run by hand, by webhook and by schedule have in common."""

from dataclasses import dataclass

from application.ports.unit_of_work import UnitOfWork
from domain.executions.execution import Execution
from domain.idempotency.idempotency_key import Intention, Remembered
from domain.ids import ExecutionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """`is_repeat` when the same request was accepted before: this is its first answer."""

    execution_id: ExecutionId
    is_repeat: bool = False


async def accept(work: UnitOfWork, execution: Execution, *, place: str, intention: Intention | None) -> Accepted:
    """Add a run, once for each intention at a place. Raise IdempotencyKeyReused; the caller commits."""
    if intention is not None:
        made = Remembered(
            owner_id=execution.owner_id,
            place=place,
            intention=intention,
            outcome=execution.id,
            created_at=execution.created_at,
        )
        first = (await work.intentions.remember(made)).outcome_for(intention)
        if first != execution.id:
            return Accepted(execution_id=ExecutionId(first), is_repeat=True)
    await work.executions.add(execution)
    return Accepted(execution_id=execution.id)
