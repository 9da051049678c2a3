"""How durable memory is written: as part of a larger statement, by operations on what is there at that moment.

A row that another run is changing is waited for, and what that run made of it is what is built upon. Arrays are grown
as text: nothing that was kept is decoded, reordered or rounded on the way.
"""

from collections.abc import Sequence
from typing import Any, Final

from adapters.postgres.documents import encoded
from adapters.postgres.texts import storable
from domain.executions.durable_memory import DurableWrite

MEMORY: Final = "workflow_memory"
MEMORY_COLUMNS: Final = {"key": "text", "operation": "text", "given": "text", "first": "text"}
"""One array parameter each."""

_TEXT: Final = "kept.value::text"
_ELEMENTS: Final = f"""CASE
        WHEN json_typeof(kept.value) <> 'array' THEN '[' || {_TEXT} || ','
        WHEN json_array_length(kept.value) = 0 THEN '['
        ELSE left(rtrim({_TEXT}, E' \\t\\n\\r'), -1) || ','
    END"""
_IS_EXACT: Final = "trunc({0}) = {0} AND abs({0}) <= 9007199254740992"
_SUM: Final = f"""
        SELECT CASE
            WHEN {_IS_EXACT.format("one")} AND {_IS_EXACT.format("other")} THEN trunc(one + other)::text
            ELSE greatest(-1e300, least(1e300, one::float8 + other::float8))::text
        END
        FROM (SELECT greatest(-1e300, least(1e300, {_TEXT}::numeric)) AS one,
                     greatest(-1e300, least(1e300, change.given::numeric)) AS other) AS summands"""


def memory_insert(source: str, *, first: int) -> str:
    """Carry out changes on the memory of the workflow that `source` yields as `workflow_id`; none, when it yields none.

    The columns are array parameters from `$first` on, a key at most once. Keys are taken in order, so that writers
    never wait for each other in a circle.
    """
    arrays = ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(MEMORY_COLUMNS.values(), first))
    changes = f"unnest({arrays}) AS change ({', '.join(MEMORY_COLUMNS)})"
    return f"""
    INSERT INTO {MEMORY} AS kept (workflow_id, key, value, updated_at)
    SELECT source.workflow_id, change.key, change.first::json, now()
    FROM {source} AS source, {changes}
    ORDER BY change.key
    ON CONFLICT (workflow_id, key) DO UPDATE SET updated_at = now(), value = (
        SELECT CASE
            WHEN change.operation = 'append' AND json_typeof(kept.value) <> 'null'
                THEN {_ELEMENTS} || change.given || ']'
            WHEN change.operation = 'increment' AND json_typeof(kept.value) = 'number' THEN ({_SUM})
            ELSE change.first
        END::json
        FROM {changes}
        WHERE change.key = excluded.key
    )"""


def memory_rows(writes: Sequence[DurableWrite]) -> list[dict[str, Any]]:
    return [
        {
            "key": storable(write.key),
            "operation": write.operation.value,
            "given": encoded(write.given),
            "first": encoded(write.first),
        }
        for write in writes
    ]
