"""Makes new data out of paths into the old."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from domain.values.json import UNDEFINED, JsonObject
from domain.values.path import walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformer:
    """`mappings` name a path for each key of the output; a path that leads nowhere leaves its key out.

    An `expression` wins over mappings. The output replaces the input.
    """

    type: ClassVar[str] = "transformer"
    category: ClassVar[str] = "action"

    expression: str
    mappings: Mapping[str, str]

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        expression = fields.text("expression")
        mappings = fields.named_texts("mappings")
        if not expression and mappings is None and not fields.faults:
            fields.fault("expression", "required", 'Either "expression" or "mappings" is required')
        return cls(expression=expression, mappings=mappings or {})

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        if self.expression:
            raise NodeFailed("Transform expression failed: JavaScript expressions cannot run in this version")
        found = {key: walk(received, path) for key, path in self.mappings.items()}
        return NodeOutput.of({key: value for key, value in found.items() if value is not UNDEFINED})
