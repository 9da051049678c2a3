"""Writes a line to the worker's log."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.values.interpolation import json_text
from domain.values.json import Json, JsonObject
from domain.values.timestamps import timestamp

LONGEST_INPUT: Final = 2_000
"""How many characters of the input, as JSON, a line may carry: logs are kept elsewhere and longer than runs."""


class Level(StrEnum):
    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    DEBUG = "debug"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The message is written as it stands, with the beginning of the input. The output replaces the input."""

    type: ClassVar[str] = "log"
    category: ClassVar[str] = "output"
    is_independent: ClassVar[bool] = True

    level: Level
    message: str

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls(
            level=fields.choice("level", Level, default=Level.INFO),
            message=fields.text("message", default="Workflow log entry"),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        context.log.write(
            self.level.value,
            self.message,
            executionId=str(context.execution_id),
            nodeId=context.node_id,
            input=_beginning(received),
        )
        return NodeOutput.of(
            {"logged": True, "level": self.level.value, "message": self.message, "timestamp": timestamp(context.now)}
        )


def _beginning(received: JsonObject) -> str:
    """Of the input as JSON. What is beyond is not even written: inputs can be many megabytes."""
    pieces: list[str] = []
    left = LONGEST_INPUT
    for piece in _pieces(received):
        pieces.append(piece[: left + 1])
        left -= len(piece)
        if left < 0:
            return "".join(pieces)[: LONGEST_INPUT - 1] + "…"
    return "".join(pieces)


def _pieces(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for at, (key, each) in enumerate(value.items()):
            yield f"{',' if at else '{'}{json_text(key[:LONGEST_INPUT])}:"
            yield from _pieces(each)
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield "," if at else "["
            yield from _pieces(each)
        yield "]" if value else "[]"
    else:
        yield json_text(value[:LONGEST_INPUT] if isinstance(value, str) else value)
