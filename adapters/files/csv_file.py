"""Tables as comma-separated values."""

from collections.abc import Iterable, Sequence
from typing import Final

from adapters.files.csv_delimiter import delimited
from adapters.files.csv_header import column_names
from adapters.files.csv_rows import rows
from adapters.files.text import cut, decoded, number
from application.ports.file_reader import FileContent
from domain.files.errors import FileUnreadable
from domain.values.json import Json

MOST_COLUMNS: Final = 2_000
MOST_ROWS: Final = 500_000
MOST_CELLS: Final = 2_000_000
MOST_NAME_CHARACTERS: Final = 50_000_000


def read_csv(content: bytes) -> FileContent:
    """An object of texts per row, keyed by the first line that is not blank.

    Missing cells are ""; cells beyond the header are dropped and counted in the preview. At most 2,000 columns,
    500,000 rows and two million cells; the names, which every row repeats, may come to 50 million characters.
    """
    text = decoded(content)
    lines = rows(text.text, *delimited(text.text))
    header = next(lines, None)
    if header is None:
        raise FileUnreadable("The csv has only blank lines; its first line must name the columns")
    if len(header) > MOST_COLUMNS:
        raise FileUnreadable(f"The csv has {len(header)} columns; at most {MOST_COLUMNS} can be read")
    names = column_names(header)
    found, dropped = _table(names, lines)
    preview = f"{number(len(found), 'row')}, {number(len(names), 'column')} ({cut(', '.join(names))})"
    remark = f"; {number(dropped, 'cell')} beyond the header dropped" if dropped else ""
    return FileContent(value=found, row_count=len(found), preview=preview + remark + text.remark)


def _table(names: Sequence[str], lines: Iterable[list[str]]) -> tuple[list[Json], int]:
    """The rows as objects, and how many cells did not fit."""
    width, most, dropped = len(names), _most_rows(names), 0
    missing = [""] * width
    found: list[Json] = []
    for cells in lines:
        if len(found) == most:
            raise FileUnreadable(
                f"The csv has more than {most} rows, the most that can be read with {number(width, 'column')} "
                "of these names; split the file"
            )
        dropped += max(0, len(cells) - width)
        found.append(dict(zip(names, cells + missing[len(cells) :], strict=False)))
    return found, dropped


def _most_rows(names: Sequence[str]) -> int:
    """Every row is an object with all the names: a small file must not become a huge answer."""
    characters = sum(map(len, names)) or 1
    return min(MOST_ROWS, MOST_CELLS // len(names), MOST_NAME_CHARACTERS // characters)
