"""Lists, page by page, in one round trip each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import asyncpg

from application.ports.cursor import Key, read, written
from application.ports.read_models import Page, Paging

DEEP: Final = 1000
"""From this many rows on it pays to skip them by the index alone, and to fetch only those that are shown."""


@dataclass(frozen=True)
class Listing:
    """What a list consists of, in SQL.

    `table` has the `alias` by which `record` and `where` know it; `where` and `parent` use `$1` to `$parameters`.
    `keys` are the columns that order it, all descending unless `is_ascending`, the last one unique. `join` is what the
    record needs besides.
    With a `parent`, such as `workflows AS w WHERE w.id = $1`, there is no row at all when the parent is not there.
    """

    name: str
    table: str
    alias: str
    where: str
    record: str
    keys: Mapping[str, type[Key]]
    parameters: int
    join: str = ""
    parent: str = ""
    is_ascending: bool = False

    @cached_property
    def by_number(self) -> str:
        """Takes the parameters, limit and offset."""
        total = f"(SELECT count(*) FROM {self.table} AS {self.alias} WHERE {self.where})"
        return self._statement(total, self.where, f"OFFSET ${self.parameters + 2}")

    @cached_property
    def by_deep_number(self) -> str:
        """Takes the parameters, limit and offset; for tables with an `id`."""
        total = f"(SELECT count(*) FROM {self.table} AS {self.alias} WHERE {self.where})"
        shown = f"""
            SELECT {self.alias}.id FROM {self.table} AS {self.alias} WHERE {self.where}
            ORDER BY {self._order} LIMIT ${self.parameters + 1}::int + 1 OFFSET ${self.parameters + 2}
        """
        return self._statement(total, f"{self.alias}.id = ANY (ARRAY({shown}))", "")

    @cached_property
    def after_cursor(self) -> str:
        """Takes the parameters, limit and the keys of the last row seen."""
        columns = ", ".join(f"{self.alias}.{key}" for key in self.keys)
        seen = ", ".join(f"${self.parameters + 2 + at}" for at in range(len(self.keys)))
        follows = ">" if self.is_ascending else "<"
        return self._statement("NULL::bigint", f"{self.where} AND ({columns}) {follows} ({seen})", "")

    def question(self, paging: Paging, *values: object) -> tuple[str, Sequence[object]]:
        """Statement and values. Raise InvalidCursor."""
        if paging.after is None:
            is_deep = paging.offset >= DEEP and "id" in self.keys
            return self.by_deep_number if is_deep else self.by_number, (
                *values,
                paging.limit,
                min(paging.offset, 2**63 - 1),
            )
        return self.after_cursor, (*values, paging.limit, *read(paging.after, self.name, [*self.keys.values()]))

    def page(self, row: asyncpg.Record) -> Page:
        following = written(self.name, [row[f"last_{key}"] for key in self.keys]) if row["has_more"] else None
        return Page(items=row["items"], total=row["total"], next=following)

    def _statement(self, total: str, where: str, offset: str) -> str:
        """One row more than asked for tells whether anything follows."""
        alias, limit, order = self.alias, f"${self.parameters + 1}::int", self._order
        last = ", ".join(
            f"(array_agg({alias}.{key}) FILTER (WHERE {alias}.n = {limit}))[1] AS last_{key}" for key in self.keys
        )
        rows = f"SELECT * FROM {self.table} AS {alias} WHERE {where} ORDER BY {order} LIMIT {limit} + 1 {offset}"
        numbered = f"SELECT *, row_number() OVER (ORDER BY {order}) AS n FROM ({rows}) AS {alias}"
        records = f"json_agg({self.record} ORDER BY {alias}.n) FILTER (WHERE {alias}.n <= {limit})"
        listed = f"""
            SELECT coalesce({records}, '[]') AS items, count(*) > {limit} AS has_more, {last}
            FROM ({numbered}) AS {alias} {self.join}
        """
        parent = f"{self.parent.replace(' WHERE ', f' CROSS JOIN ({listed}) AS listed WHERE ', 1)}"
        return f"SELECT {total} AS total, listed.* FROM {parent if self.parent else f'({listed}) AS listed'}"

    @property
    def _order(self) -> str:
        return ", ".join(f"{self.alias}.{key} {'ASC' if self.is_ascending else 'DESC'}" for key in self.keys)
