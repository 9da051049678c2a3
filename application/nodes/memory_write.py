"""Changes something in the run's memory."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.memory_read import VALUE_KEY
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from domain.executions.context import ContextPatch
from domain.values.coercion import number_of, numeric
from domain.values.interpolation import interpolate_keeping
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson
from domain.values.path import walk
from domain.values.timestamps import timestamp


class Operation(StrEnum):
    SET = "set"
    APPEND = "append"
    INCREMENT = "increment"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryWrite:
    """What is written is what the first of these gives: a path, a template, a fixed value, else the whole input.

    A path that leads nowhere writes null. `append` adds to an array and makes one of what is no array yet.
    `increment` looks at none of these: it adds to the previous number, or to 0 where there was no number or text
    that spells one.
    """

    type: ClassVar[str] = "memory-write"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = False

    memory_key: str
    operation: Operation
    value_path: str
    value_template: str
    value: MaybeJson
    increment_by: int | float
    output_key: str
    is_in_output: bool

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls(
            memory_key=fields.text("memoryKey", required=True).strip(),
            operation=fields.choice("operation", Operation, default=Operation.SET),
            value_path=fields.text("valuePath").strip(),
            value_template=fields.text("valueTemplate"),
            value=fields.raw("value"),
            increment_by=fields.number("incrementBy", default=1),
            output_key=fields.text("outputKey", default=VALUE_KEY),
            is_in_output=fields.flag("includeInOutput", default=True),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        previous = context.memory.get(self.memory_key, UNDEFINED)
        following = self._following(previous, received)
        told: JsonObject = {"key": self.memory_key, "operation": self.operation.value}
        if previous is not UNDEFINED:
            told["previousValue"] = previous
        told |= {"nextValue": following, "updatedAt": timestamp(context.now)}
        own: JsonObject = {self.output_key: following} if self.is_in_output else {}
        patch = ContextPatch(memory={self.memory_key: following})
        return NodeOutput.adding(received, {**own, "_memoryWrite": told}, patch=patch)

    def _following(self, previous: MaybeJson, received: JsonObject) -> Json:
        match self.operation:
            case Operation.SET:
                return self._written(received)
            case Operation.APPEND:
                return [*_as_list(previous), self._written(received)]
            case Operation.INCREMENT:
                return self._incremented(previous)

    def _written(self, received: JsonObject) -> Json:
        if self.value_path:
            found = walk(received, self.value_path)
            return None if found is UNDEFINED else found
        if self.value_template:
            return interpolate_keeping(self.value_template, received)
        return received if self.value is UNDEFINED else self.value

    def _incremented(self, previous: MaybeJson) -> Json:
        total = (numeric(previous) or 0) + self.increment_by
        if not math.isfinite(number_of(total)):
            raise NodeFailed(f'Memory key "{self.memory_key}" has become too large a number')
        return int(total) if float(total).is_integer() else total


def _as_list(previous: MaybeJson) -> list[Json]:
    if isinstance(previous, list):
        return previous
    return [] if previous is UNDEFINED or previous is None else [previous]
