"""Changes something in the memory of the run or of the workflow."""

from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from application.nodes.remembering import VALUE_KEY, memory_key, recalled, refuse_too_much, told_scope
from domain.executions.context import ContextPatch
from domain.executions.durable_memory import (
    LARGEST_NUMBER,
    DurableWrite,
    MemoryOperation,
    MemoryScope,
    following,
)
from domain.values.interpolation import interpolate_keeping
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson
from domain.values.path import walk
from domain.values.timestamps import timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryWrite:
    """What is written is what the first of these gives: a path, a template, a fixed value, else the whole input.

    A path that leads nowhere writes null. `append` adds to an array and makes one of what is no array yet.
    `increment` looks at none of these: it adds to the previous number, or to 0 where there was no number or text
    that spells one.

    With the scope `workflow` later runs find it too. Then `nextValue` is what this run saw coming: where another run
    writes at the same time, both increments count and both items are there.
    """

    type: ClassVar[str] = "memory-write"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = False

    scope: MemoryScope
    memory_key: str
    operation: MemoryOperation
    value_path: str
    value_template: str
    value: MaybeJson
    increment_by: int | float
    output_key: str
    is_in_output: bool

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        scope = fields.choice("scope", MemoryScope, default=MemoryScope.RUN)
        return cls(
            scope=scope,
            memory_key=memory_key(fields, scope),
            operation=fields.choice("operation", MemoryOperation, default=MemoryOperation.SET),
            value_path=fields.text("valuePath").strip(),
            value_template=fields.text("valueTemplate"),
            value=fields.raw("value"),
            increment_by=fields.number("incrementBy", default=1),
            output_key=fields.text("outputKey", default=VALUE_KEY),
            is_in_output=fields.flag("includeInOutput", default=True),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        known = await recalled(self.memory_key, self.scope, context)
        given = self._given(received, context)
        value = self._following(known.value, given)
        durable: tuple[DurableWrite, ...] = ()
        if self.scope is MemoryScope.WORKFLOW:
            refuse_too_much(self.memory_key, value, known)
            durable = (DurableWrite.of(self.memory_key, self.operation, given, previous=known.value),)
        own: JsonObject = {self.output_key: value} if self.is_in_output else {}
        return NodeOutput.adding(
            received,
            {**own, "_memoryWrite": self._receipt(known.value, value, context)},
            patch=ContextPatch(memory={self.memory_key: value}),
            durable=durable,
        )

    def _receipt(self, previous: MaybeJson, value: Json, context: NodeContext) -> JsonObject:
        told: JsonObject = {"key": self.memory_key, **told_scope(self.scope), "operation": self.operation.value}
        if previous is not UNDEFINED:
            told["previousValue"] = previous
        return {**told, "nextValue": value, "updatedAt": timestamp(context.now)}

    def _given(self, received: JsonObject, context: NodeContext) -> Json:
        if self.operation is MemoryOperation.INCREMENT:
            return self.increment_by
        if self.value_path:
            found = walk(context.readable(received), self.value_path)
            return None if found is UNDEFINED else found
        if self.value_template:
            return interpolate_keeping(self.value_template, context.readable(received))
        return received if self.value is UNDEFINED else self.value

    def _following(self, previous: MaybeJson, given: Json) -> Json:
        value = following(self.operation, previous, given)
        if self.operation is MemoryOperation.INCREMENT and isinstance(value, float) and abs(value) >= LARGEST_NUMBER:
            raise NodeFailed(f'Memory key "{self.memory_key}" has become too large a number')
        return value
