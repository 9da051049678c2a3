"""Looks something up in the run's memory."""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson
from domain.values.timestamps import timestamp

VALUE_KEY: Final = "_memoryValue"
"""Where memory nodes put the value unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRead:
    """Keys are literal: a dot is part of the name. A null or blank default is a default.

    What is not there and has no default is null, or a failure where it is required.
    """

    type: ClassVar[str] = "memory-read"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = False

    memory_key: str
    output_key: str
    is_required: bool
    default_value: MaybeJson

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls(
            memory_key=fields.text("memoryKey", required=True).strip(),
            output_key=fields.text("outputKey", default=VALUE_KEY),
            is_required=fields.flag("required", default=False),
            default_value=fields.raw("defaultValue"),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        is_found = self.memory_key in context.memory
        told: JsonObject = {
            "key": self.memory_key,
            "found": is_found,
            "usedDefault": not is_found and self.default_value is not UNDEFINED,
            "readAt": timestamp(context.now),
        }
        value = context.memory[self.memory_key] if is_found else self._substitute()
        return NodeOutput.adding(received, {self.output_key: value, "_memoryRead": told})

    def _substitute(self) -> Json:
        if self.default_value is not UNDEFINED:
            return self.default_value
        if self.is_required:
            raise NodeFailed(f'Memory key "{self.memory_key}" was not found')
        return None
