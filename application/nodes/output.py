"""Marks what a run came to."""

from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.values.json import JsonObject
from domain.values.timestamps import timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Passes its input on and says when and in which run it was collected."""

    type: ClassVar[str] = "output"
    category: ClassVar[str] = "output"
    is_independent: ClassVar[bool] = True

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        return cls()

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        collected: JsonObject = {
            "collectedAt": timestamp(context.now),
            "executionId": str(context.execution_id),
            "workflowId": str(context.workflow_id),
        }
        return NodeOutput.adding(received, {"_output": collected})
