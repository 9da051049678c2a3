"""Makes new data out of the old, by an expression or by paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from application.nodes.scripting import DEFAULT_LIMIT_MS, as_output, named_outputs, result_of
from application.ports.script_sandbox import Script, ScriptKind
from domain.values.json import UNDEFINED, JsonObject
from domain.values.path import walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformer:
    """`mappings` name a path for each key of the output; a path that leads nowhere leaves its key out.

    An `expression` in JavaScript, of `data` and `input`, which are both the input, wins over mappings; it may also
    name `nodes`, the outputs of earlier nodes by id. An object is the output, any other value is the output's
    `result`. The output replaces the input.
    """

    type: ClassVar[str] = "transformer"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = True

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
            return NodeOutput.of(await self._computed(received, context))
        data = context.readable(received)
        found = {key: walk(data, path) for key, path in self.mappings.items()}
        return NodeOutput.of({key: value for key, value in found.items() if value is not UNDEFINED})

    async def _computed(self, received: JsonObject, context: NodeContext) -> JsonObject:
        script = Script(
            source=self.expression,
            kind=ScriptKind.EXPRESSION,
            variables={"data": received, "input": received},
            globals=named_outputs(self.expression, context),
            limit_seconds=DEFAULT_LIMIT_MS / 1000,
        )
        return as_output(await result_of(script, context, field="expression", failure="Transform expression failed"))
