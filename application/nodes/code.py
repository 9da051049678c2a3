"""Runs JavaScript on the input."""

from dataclasses import dataclass
from typing import ClassVar, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from application.nodes.scripting import DEFAULT_LIMIT_MS, LONGEST_LIMIT_MS, as_output, named_outputs, result_of
from application.ports.script_sandbox import Script, ScriptKind
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The config's `code` is the body of a function of `input` and `console`; it may return a promise. It may also
    name `nodes`, the outputs of earlier nodes by id.

    An object that it returns is the output; any other value is the output's `result`, and undefined is no output.
    The output replaces the input. `timeoutMs` is at most five minutes.
    """

    type: ClassVar[str] = "code"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = True

    source: str
    limit_seconds: float

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        limit_ms = fields.number("timeoutMs", default=DEFAULT_LIMIT_MS, lowest=1, highest=LONGEST_LIMIT_MS)
        return cls(source=fields.text("code", required=True), limit_seconds=limit_ms / 1000)

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        script = Script(
            source=self.source,
            kind=ScriptKind.BODY,
            variables={"input": received},
            globals=named_outputs(self.source, context),
            limit_seconds=self.limit_seconds,
        )
        value = await result_of(script, context, field="code", failure="Code execution failed")
        return NodeOutput.of(as_output(value))
