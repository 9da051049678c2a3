"""A file that a node was handed, as a part of a prompt."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from domain.values.interpolation import inserted_text
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson

MOST_ROWS: Final = 200
MOST_CHARACTERS: Final = 200_000
"""Some 50,000 tokens."""


def file_section(received: JsonObject) -> str:
    """Blank when the input holds no file: no `fileName`, or no `data`."""
    name, data = received.get("fileName"), received.get("data", UNDEFINED)
    if not isinstance(name, str) or not name or data is UNDEFINED:
        return ""
    content = _beginning(_content(data))
    return f"## File {_on_one_line(name)}{_about(received)}\n{content}"


def _about(received: JsonObject) -> str:
    told = []
    file_format, rows = received.get("fileFormat"), received.get("rowCount")
    if isinstance(file_format, str) and file_format:
        told.append(_on_one_line(file_format).upper())
    if isinstance(rows, int) and not isinstance(rows, bool):
        told.append("1 row" if rows == 1 else f"{rows} rows")
    return f" ({', '.join(told)})" if told else ""


def _beginning(pieces: Iterable[str]) -> str:
    """What is beyond is not even written: a table of many columns can be a thousand times larger than its file."""
    kept, size = [], 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > MOST_CHARACTERS:
            return f"{''.join(kept)[:MOST_CHARACTERS]}\n… (the rest of the file is left out)"
    return "".join(kept)


def _content(data: MaybeJson) -> Iterable[str]:
    if isinstance(data, list):
        return _table(data)
    if isinstance(data, dict):
        return json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(data)
    return [inserted_text(data)]


def _table(rows: Sequence[Json]) -> Iterator[str]:
    """With the keys of the first row as columns; rows that are no objects have one column."""
    if not rows:
        yield "(the file is empty)"
        return
    first = rows[0]
    columns = list(first) if isinstance(first, dict) else ["value"]
    yield from _line(columns)
    yield "\n"
    yield from _line(["---"] * len(columns))
    for row in rows[:MOST_ROWS]:
        yield "\n"
        yield from _line(_cell(row, column) for column in columns)
    if len(rows) > MOST_ROWS:
        yield f"\n({len(rows) - MOST_ROWS} more rows)"


def _cell(row: Json, column: str) -> str:
    value = row.get(column) if isinstance(row, dict) else row
    return "" if value is None else inserted_text(value)


def _line(cells: Iterable[str]) -> Iterator[str]:
    yield "|"
    for cell in cells:
        yield " " + _on_one_line(cell).replace("|", "\\|") + " |"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
