"""Writes a line to the worker's log."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.executions.redaction import MASK, names_a_secret, redacted
from domain.values.interpolation import json_text
from domain.values.json import Json, JsonObject
from domain.values.timestamps import timestamp

LONGEST_INPUT: Final = 2_000
"""How many characters of the input, as JSON, a line may carry: logs are kept elsewhere and longer than runs."""

_LOOKED_THROUGH: Final = 2 * LONGEST_INPUT


class Level(StrEnum):
    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    DEBUG = "debug"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The message is written as it stands, with the beginning of the input. The output replaces the input.

    Of the input, texts and numbers that are called a secret are masked, and what looks like one inside other texts.
    """

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
            yield from _pieces(MASK if _is_secret(key, each) else each)
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield "," if at else "["
            yield from _pieces(each)
        yield "]" if value else "[]"
    else:
        yield json_text(_clean(value) if isinstance(value, str) else value)


def _is_secret(key: str, value: Json) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and names_a_secret(key)


def _clean(text: str) -> str:
    """Looked through before it is cut: half a secret is not recognised, but is half a secret."""
    if len(text) <= _LOOKED_THROUGH:
        return redacted(text)
    return redacted(text[:_LOOKED_THROUGH])[:LONGEST_INPUT] + "…"
