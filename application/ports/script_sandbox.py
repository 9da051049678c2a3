"""Runs JavaScript that users wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from domain.values.json import Json, MaybeJson


class ScriptKind(StrEnum):
    BODY = "body"
    """The inside of an async function: statements, `return`, `await`."""
    EXPRESSION = "expression"
    """One expression, which may be an object literal and may end in semicolons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """`variables` are what it can name besides the language itself; `limit_seconds` begins when it starts to run.

    A variable is the script's own copy. Numbers become doubles: whole numbers beyond 2^53 lose their last digits, and
    -0 comes back as 0. Keys keep their order, except that keys which are whole numbers come first, ascending.
    `globals` are more of the same, except that whatever the script itself declares under such a name hides them.
    `owner` is whose script it is: nobody's scripts keep everybody else's waiting.
    """

    source: str = field(repr=False)
    kind: ScriptKind
    variables: Mapping[str, Json] = field(repr=False)
    globals: Mapping[str, Json] = field(default_factory=dict, repr=False)
    limit_seconds: float
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleLine:
    """What a script told its console. `level` is log, debug, info, warn or error."""

    level: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptResult:
    """`value` is what JSON.stringify makes of the result: UNDEFINED for what JSON has no word for, null for NaN."""

    value: MaybeJson
    console: tuple[ConsoleLine, ...] = ()


class ScriptFailed(Exception):
    """The script did not come to a result; the text says why, for its author.

    `line` counts from one within the source and is None where it is not known. Only a script that threw has told its
    console anything.
    """

    def __init__(self, message: str, *, line: int | None = None, console: tuple[ConsoleLine, ...] = ()) -> None:
        super().__init__(message)
        self.line = line
        self.console = console

    def __str__(self) -> str:
        said = super().__str__()
        return said if self.line is None else f"{said} (line {self.line})"


class ScriptUnparsable(ScriptFailed):
    """The source is not JavaScript; nothing of it ran."""


class ScriptTimedOut(ScriptFailed):
    """It was ended after its time."""


class ScriptOutOfMemory(ScriptFailed):
    """It was ended because it needed more memory than it may have, or brought its engine down in another way."""


class ScriptTooLarge(ScriptFailed):
    """What goes in, or what came out, is larger or deeper than may travel."""


class ScriptSandbox(Protocol):
    async def run(self, script: Script) -> ScriptResult:
        """Run it in a context of its own in strict mode, and wait for the promise it may return.

        Raise ScriptFailed or one of its kinds, or Unavailable when no script can be run now. Always ends soon after
        the script's time; canceling the call ends the script at once. Nothing of REX, of the machine, of the network
        or of other scripts can be reached from inside, and nothing is left behind for the next one.
        """
