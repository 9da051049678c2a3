"""Writes a line to the worker's log."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.values.interpolation import json_text
from domain.values.json import JsonObject
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
            input=_beginning(json_text(received)),
        )
        return NodeOutput.of(
            {"logged": True, "level": self.level.value, "message": self.message, "timestamp": timestamp(context.now)}
        )


def _beginning(text: str) -> str:
    return text if len(text) <= LONGEST_INPUT else text[: LONGEST_INPUT - 1] + "…"
