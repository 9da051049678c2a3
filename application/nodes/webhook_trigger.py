"""Started by a call from outside: its body is the run's data."""

from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTrigger:
    """Editors store a `method`; webhooks are always posted, so it means nothing here."""

    type: ClassVar[str] = "webhook-trigger"
    category: ClassVar[str] = "trigger"
    is_independent: ClassVar[bool] = True

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls()

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        return NodeOutput.of({**received})
