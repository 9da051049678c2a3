"""Tables of mere telemetry: without them REX knows less, and does all the same."""

import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar

import asyncpg

OPTIONAL: Final = frozenset({"execution_step_attempts", "execution_context_snapshots", "execution_retrieval_events"})

Statement: TypeAlias = Callable[[frozenset[str]], str]
"""SQL that does without the named tables."""

Answer = TypeVar("Answer")


class OptionalTables:
    """Tries the whole statement first, so that a table that comes back is used again."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._warned: set[str] = set()

    async def tolerating(self, ask: Callable[[str], Awaitable[Answer]], statement: Statement) -> Answer:
        """Ask, and ask again without each optional table that turns out to be missing."""
        missing: frozenset[str] = frozenset()
        while True:
            try:
                return await ask(statement(missing))
            except asyncpg.UndefinedTableError as failure:
                table = _named_in(failure)
                if table not in OPTIONAL - missing:
                    raise
                missing |= {table}
                self._warn_once(table)

    def _warn_once(self, table: str) -> None:
        if table not in self._warned:
            self._warned.add(table)
            self._warn(f"The table {table} is missing: what belongs there is not kept")


def _named_in(failure: asyncpg.UndefinedTableError) -> str:
    found = re.search(r'relation "([^"]+)"', str(failure))
    return found.group(1) if found else ""
