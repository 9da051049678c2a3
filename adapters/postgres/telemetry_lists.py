"""What a run left behind, listed with filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from adapters.postgres.listings import Listing
from adapters.postgres.wire_json import ATTEMPT, RETRIEVAL_EVENT, SNAPSHOT

_OWN_RUN: Final = "executions AS parent WHERE parent.id = $1 AND parent.user_id = $2"


@dataclass(frozen=True)
class TelemetryList:
    """Records of one kind; `alias` is how `record` knows their table, `keys` order them, newest last."""

    name: str
    table: str
    alias: str
    record: str
    keys: tuple[str, ...]

    def narrowed(self, columns: tuple[str, ...], *, is_there: bool) -> Listing:
        """Those of one run whose `columns` equal `$3` and so on; nothing where the table is not there."""
        return _narrowed(self, columns, is_there)

    @property
    def ordering(self) -> Mapping[str, type[int]]:
        return dict.fromkeys(self.keys, int)


@cache
def _narrowed(kind: TelemetryList, columns: tuple[str, ...], is_there: bool) -> Listing:
    equal = [f"{kind.alias}.{column} = ${at}" for at, column in enumerate(columns, 3)]
    empty = ", ".join(f"NULL::int AS {key}" for key in kind.keys)
    return Listing(
        name=kind.name,
        table=kind.table if is_there else f"(SELECT {empty} WHERE false)",
        alias=kind.alias,
        where=" AND ".join([f"{kind.alias}.execution_id = $1", *equal]) if is_there else _asked(columns),
        record=kind.record if is_there else "NULL::json",
        keys=kind.ordering,
        parameters=2 + len(columns),
        parent=_OWN_RUN,
    )


def _asked(columns: tuple[str, ...]) -> str:
    """Mentions every parameter, so that the server knows their types."""
    types = ["boolean" if column == "selected" else "text" for column in columns]
    return " AND ".join(["$1::uuid IS NOT NULL", *(f"${at}::{each} IS NOT NULL" for at, each in enumerate(types, 3))])


ATTEMPTS: Final = TelemetryList(
    name="attempts", table="execution_step_attempts", alias="a", record=ATTEMPT, keys=("sequence", "attempt")
)
RETRIEVAL_EVENTS: Final = TelemetryList(
    name="retrievals", table="execution_retrieval_events", alias="r", record=RETRIEVAL_EVENT, keys=("sequence",)
)
SNAPSHOTS: Final = TelemetryList(
    name="snapshots", table="execution_context_snapshots", alias="c", record=SNAPSHOT, keys=("sequence",)
)
