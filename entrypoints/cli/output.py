"""Data on standard output, everything else on standard error."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from domain.errors import DomainError, Fault, Invalid


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--output", "-o", help="How to print the result.")]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """A word to the person at the terminal; never part of the data."""
    err.print(text, style="dim", markup=False)


def warn(faults: Sequence[Fault]) -> None:
    """Of what is unfinished and no error."""
    for fault in faults:
        say(f"Warning: {'.'.join(map(str, fault.path))}: {fault.message}")


def print_json(value: object) -> None:
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        is_id = column == "id"  # people copy ids: they are never cut or wrapped
        table.add_column(column, no_wrap=is_id, min_width=36 if is_id else None, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table)


def print_error(error: DomainError) -> None:
    err.print(f"Error: {error.message}", style="red", markup=False)
    if isinstance(error, Invalid):
        for fault in error.faults:
            where = ".".join(str(each) for each in fault.path) or "(whole)"
            err.print(f"  {where}: {fault.message}", markup=False)
