"""A run as a readable timeline: what ran, what was passed over and why, what came out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

Record = Mapping[str, Any]

_SIGNS: Final = {"completed": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("-", "dim")}
_BOOKKEEPING: Final = ("_attempts", "_attemptCount", "_retryOutcome")
_WIDTH: Final = 60


def print_timeline(console: Console, execution: Record, labels: Mapping[str, str]) -> None:
    """`execution` is a run's whole record; `labels` names its nodes."""
    console.print(timeline(execution, labels))


def timeline(execution: Record, labels: Mapping[str, str]) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for step in execution["steps"]:
        sign, style = _SIGNS[step["status"]]
        label = labels.get(step["nodeId"], step["nodeId"])
        spent = "" if step["status"] == "skipped" else f"{step['durationMs']} ms"
        table.add_row(Text(sign, style), Text(label, style), step["nodeType"], spent, Text(_remark(step), style))
    return Panel(Group(table), title=_headline(execution), title_align="left", border_style=_border(execution))


def _headline(execution: Record) -> str:
    return f"run {execution['id']}: {execution['status']}"


def _border(execution: Record) -> str:
    return {"completed": "green", "failed": "red", "canceled": "yellow"}.get(execution["status"], "blue")


def _remark(step: Record) -> str:
    """Why a step failed or was passed over, or the gist of what it made of its input."""
    if step["error"]:
        return str(step["error"])
    output = {key: value for key, value in (step["output"] or {}).items() if key not in _BOOKKEEPING}
    if step["nodeType"] == "condition":
        return _verdict(output["_condition"])
    if step["nodeType"] == "memory-write":
        return f"{output['_memoryWrite']['key']} = {_gist(output['_memoryWrite']['nextValue'])}"
    return _gist({key: value for key, value in output.items() if step["input"].get(key) != value} or output)


def _verdict(judged: Record) -> str:
    answer = "yes" if judged["result"] else "no"
    actual, expected = (_gist(judged[side]) if side in judged else "nothing" for side in ("actual", "expected"))
    return f"{actual} {judged['operator']} {expected}: {answer}"


def _gist(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def statuses_by_label(execution: Record, labels: Mapping[str, str], status: str) -> Sequence[str]:
    return [labels.get(step["nodeId"], step["nodeId"]) for step in execution["steps"] if step["status"] == status]
