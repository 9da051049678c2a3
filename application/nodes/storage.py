"""Puts the input aside under a key, for the rest of the run."""

from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.executions.context import ContextPatch
from domain.values.json import JsonObject
from domain.values.timestamps import timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Keeps the input in the run's memory as `storage.<key>`. It lives as long as the run."""

    type: ClassVar[str] = "storage"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = False

    storage_key: str
    is_kept_in_memory: bool

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls(
            storage_key=fields.text("storageKey", required=True),
            is_kept_in_memory=fields.flag("persistToExecutionContext", default=True),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        stored: JsonObject = {
            "stored": True,
            "storageKey": self.storage_key,
            "payload": received,
            "persistedToExecutionContext": self.is_kept_in_memory,
            "storedAt": timestamp(context.now),
        }
        kept = ContextPatch(memory={f"storage.{self.storage_key}": received}) if self.is_kept_in_memory else None
        return NodeOutput.of(stored, patch=kept)
