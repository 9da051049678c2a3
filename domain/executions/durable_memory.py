"""What runs of one workflow remember beyond their end, and what becomes of it when several write at once.

An operation, not its result, is what is kept: it is carried out on whatever is there at that moment. So no increment
and no appended item is lost when two runs write the same key at the same time; of two values that are set, the one
that is recorded later stays.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain.values.coercion import numeric
from domain.values.json import UNDEFINED, Json, MaybeJson, is_number

LONGEST_KEY: Final = 255
LARGEST_VALUE_BYTES: Final = 64 << 10
MOST_KEYS: Final = 100
LARGEST_NUMBER: Final = 1e300
_MOST_EXACT: Final = 2**53


class MemoryScope(StrEnum):
    """How long something is remembered: until the run ends, or as long as the workflow is there."""

    RUN = "run"
    WORKFLOW = "workflow"


class MemoryOperation(StrEnum):
    SET = "set"
    APPEND = "append"
    INCREMENT = "increment"


@dataclass(frozen=True, slots=True, kw_only=True)
class DurableWrite:
    """One change of one key of a workflow's memory; a step has at most one for each key.

    `given` is what is set, appended or added. `first` is what is kept where there is nothing to append to, or no
    number to add to.
    """

    key: str
    operation: MemoryOperation
    given: Json = field(repr=False)
    first: Json = field(repr=False)

    @classmethod
    def of(cls, key: str, operation: MemoryOperation, given: Json, *, previous: MaybeJson) -> "DurableWrite":
        """`previous` is what was there when the node looked: text that spells a number is counted on from."""
        base = UNDEFINED if operation is MemoryOperation.APPEND or is_number(previous) else previous
        return cls(key=key, operation=operation, given=given, first=following(operation, base, given))

    def after(self, kept: MaybeJson) -> Json:
        """What is kept once this is carried out on `kept`."""
        is_built_upon = {
            MemoryOperation.SET: False,
            MemoryOperation.APPEND: kept is not UNDEFINED,
            MemoryOperation.INCREMENT: is_number(kept),
        }
        return following(self.operation, kept, self.given) if is_built_upon[self.operation] else self.first


def following(operation: MemoryOperation, previous: MaybeJson, given: Json) -> Json:
    """What an operation makes of what was there."""
    match operation:
        case MemoryOperation.SET:
            return given
        case MemoryOperation.APPEND:
            return [*_as_list(previous), given]
        case MemoryOperation.INCREMENT:
            return _sum(numeric(previous) or 0, numeric(given) or 0)


def _as_list(previous: MaybeJson) -> list[Json]:
    if isinstance(previous, list):
        return previous
    return [] if previous is UNDEFINED or previous is None else [previous]


def _sum(one: float, other: float) -> int | float:
    """Whole numbers that JavaScript can tell apart are added exactly; nothing grows beyond 10^300."""
    one, other = _bounded(one), _bounded(other)
    if _is_exact(one) and _is_exact(other):
        return int(one) + int(other)
    total = _bounded(float(one) + float(other))
    return int(total) if _is_exact(total) else total


def _is_exact(number: float) -> bool:
    return abs(number) <= _MOST_EXACT and float(number).is_integer()


def _bounded(number: float) -> float:
    return max(-LARGEST_NUMBER, min(LARGEST_NUMBER, number))
