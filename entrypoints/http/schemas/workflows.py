"""What answers about workflows hold beside the workflows themselves."""

from collections.abc import Sequence

from msgspec import Struct

from domain.errors import Fault
from entrypoints.http.envelope import Issue


class SaveNotes(Struct, kw_only=True):
    """What is unfinished in a graph that was saved all the same."""

    warnings: list[Issue]


class Deleted(Struct, kw_only=True):
    deleted: bool = True


class Judgement(Struct, kw_only=True):
    """`valid` when the graph could be saved; `warnings` is what would fail a run once it gets there."""

    valid: bool
    issues: list[Issue]
    warnings: list[Issue]

    @classmethod
    def of(cls, faults: Sequence[Fault], warnings: Sequence[Fault]) -> "Judgement":
        return cls(
            valid=not faults,
            issues=[Issue.of(each) for each in faults],
            warnings=[Issue.of(each) for each in warnings],
        )
