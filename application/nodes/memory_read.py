"""Looks something up in the memory of the run or of the workflow."""

from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from application.nodes.remembering import VALUE_KEY, memory_key, recalled, told_scope
from domain.executions.context import ContextPatch
from domain.executions.durable_memory import MemoryScope
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson
from domain.values.timestamps import timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRead:
    """Keys are literal: a dot is part of the name. A null or blank default is a default.

    What is not there and has no default is null, or a failure where it is required. What comes from the workflow's
    memory, or its default, is in the run's memory from then on, where other nodes look for it.
    """

    type: ClassVar[str] = "memory-read"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = False

    scope: MemoryScope
    memory_key: str
    output_key: str
    is_required: bool
    default_value: MaybeJson

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        scope = fields.choice("scope", MemoryScope, default=MemoryScope.RUN)
        return cls(
            scope=scope,
            memory_key=memory_key(fields, scope),
            output_key=fields.text("outputKey", default=VALUE_KEY),
            is_required=fields.flag("required", default=False),
            default_value=fields.raw("defaultValue"),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        found = (await recalled(self.memory_key, self.scope, context)).value
        is_found = found is not UNDEFINED
        told: JsonObject = {
            "key": self.memory_key,
            **told_scope(self.scope),
            "found": is_found,
            "usedDefault": not is_found and self.default_value is not UNDEFINED,
            "readAt": timestamp(context.now),
        }
        value = self._substitute() if found is UNDEFINED else found
        own: JsonObject = {self.output_key: value, "_memoryRead": told}
        return NodeOutput.adding(received, own, patch=self._patch(value, is_found=is_found))

    def _substitute(self) -> Json:
        if self.default_value is not UNDEFINED:
            return self.default_value
        if self.is_required:
            raise NodeFailed(f'Memory key "{self.memory_key}" was not found')
        return None

    def _patch(self, value: Json, *, is_found: bool) -> ContextPatch | None:
        is_something = is_found or self.default_value is not UNDEFINED
        is_news = self.scope is MemoryScope.WORKFLOW and is_something
        return ContextPatch(memory={self.memory_key: value}) if is_news else None
