"""Short ways to run a script."""

from dataclasses import dataclass

from application.ports.script_sandbox import Script, ScriptKind, ScriptResult, ScriptSandbox
from domain.values.json import Json, JsonObject, MaybeJson


@dataclass(frozen=True, slots=True)
class Box:
    sandbox: ScriptSandbox

    async def told(self, source: str, received: JsonObject | None = None, *, seconds: float = 5.0) -> ScriptResult:
        """What a function body comes to that may name `input`."""
        script = Script(source=source, kind=ScriptKind.BODY, variables={"input": received or {}}, limit_seconds=seconds)
        return await self.sandbox.run(script)

    async def body(self, source: str, received: JsonObject | None = None, *, seconds: float = 5.0) -> MaybeJson:
        return (await self.told(source, received, seconds=seconds)).value

    async def expression(self, source: str, data: Json = None) -> MaybeJson:
        script = Script(
            source=source, kind=ScriptKind.EXPRESSION, variables={"data": data, "input": data}, limit_seconds=5.0
        )
        return (await self.sandbox.run(script)).value
