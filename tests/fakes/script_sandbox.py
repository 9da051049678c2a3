"""Runs no script: it answers what it was told to."""

from dataclasses import dataclass, field

from application.ports.script_sandbox import ConsoleLine, Script, ScriptResult
from domain.values.json import UNDEFINED, MaybeJson


@dataclass
class FakeScriptSandbox:
    """Every script comes to `value`, or to `failure` if there is one. What it was given is in `asked`."""

    value: MaybeJson = UNDEFINED
    failure: Exception | None = None
    console: tuple[ConsoleLine, ...] = ()
    asked: list[Script] = field(default_factory=list)

    async def run(self, script: Script) -> ScriptResult:
        self.asked.append(script)
        if self.failure is not None:
            raise self.failure
        return ScriptResult(value=self.value, console=self.console)
