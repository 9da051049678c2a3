"""What the assistant sees of the editor: the graph as text, short enough for any model."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from domain.executions.redaction import redacted
from domain.values.json import Json, JsonObject

LONGEST_VALUE: Final = 100
"""Characters of a config value that are shown."""

LONGEST_READ: Final = 2_000
"""Characters of a text that are looked at at all: files may be kept in configs."""

LONGEST_PICTURE: Final = 40_000
"""Characters: some 10,000 tokens, which every provider takes."""

_SECRET: Final = re.compile(r"api.?key|password|secret|token$|authorization|^headers$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnNode:
    id: str
    type: str
    label: str
    config: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeState:
    status: str
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`links` are pairs of node ids; `last_status` is that of the run that is shown, if any."""

    name: str
    description: str
    nodes: Sequence[DrawnNode]
    links: Sequence[tuple[str, str]]
    states: Mapping[str, NodeState]
    last_status: str | None


def described(picture: Picture) -> str:
    """The picture in words. Values that look like secrets are left out; what is too long is cut, and says so."""
    lines, left = [], LONGEST_PICTURE
    for line in _lines(picture):
        left -= len(line) + 1
        if left < 0:
            lines.append("… (the rest of the graph is left out)")
            break
        lines.append(line)
    return "\n".join(lines)


def _lines(picture: Picture) -> Iterator[str]:
    yield f"Workflow: {_cut(picture.name) or 'unnamed'}"
    if picture.description:
        yield f"Description: {_cut(picture.description)}"
    if picture.last_status:
        yield f"Last run: {_cut(picture.last_status)}"
    yield "Nodes:"
    for node in picture.nodes:
        yield from _node_lines(node, picture.states.get(node.id))
    if not picture.nodes:
        yield "- none yet"
    labels = {node.id: _cut(node.label) for node in picture.nodes}
    yield "Connections:"
    for source, target in picture.links:
        yield f"- {labels.get(source, _cut(source))} -> {labels.get(target, _cut(target))}"
    if not picture.links:
        yield "- none yet"


def _node_lines(node: DrawnNode, state: NodeState | None) -> Iterator[str]:
    status = f" [{_cut(state.status)}]" if state else ""
    yield f"- {_cut(node.label)} ({_cut(node.type)}){status}"
    if state and state.error:
        yield f"    error: {_cut(state.error)}"
    for key, value in node.config.items():
        if value not in (None, "", [], {}):
            yield f"    {_cut(key)}: {_value(key, value)}"


def _value(key: str, value: Json) -> str:
    if _SECRET.search(key):
        return "(hidden)"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return _cut(redacted(text[:LONGEST_READ]))


def _cut(text: str) -> str:
    flat = " ".join(text[:LONGEST_READ].split())
    return flat if len(flat) <= LONGEST_VALUE else f"{flat[:LONGEST_VALUE]}…"
