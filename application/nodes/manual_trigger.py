"""Started by hand: what was sent along is the run's data."""

from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualTrigger:
    """The payload comes from here, so all of it counts as produced: edges may be judged by it."""

    type: ClassVar[str] = "manual-trigger"
    category: ClassVar[str] = "trigger"
    is_independent: ClassVar[bool] = True

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls()

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        return NodeOutput.of({**received})
