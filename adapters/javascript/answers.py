"""From what an engine said to what it means. Engines run strangers' programs: nothing they say is taken for granted."""

from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from application.ports.script_sandbox import (
    ConsoleLine,
    ScriptFailed,
    ScriptOutOfMemory,
    ScriptResult,
    ScriptTimedOut,
    ScriptTooLarge,
    ScriptUnparsable,
)
from domain.values.json import UNDEFINED, Json, JsonObject, parsed

OUT_OF_MEMORY: Final = "It needed more memory than a script may have"
BROKEN: Final = "It brought its engine down, by using too much memory or by changing what the engine itself needs"
TOO_DEEP: Final = "Its result is nested more than 128 deep"
TOO_LARGE: Final = "Its result is larger than 16 MiB of JSON"


_MOST_DEPTH: Final = 128


class _Line(msgspec.Struct):
    level: Literal["log", "debug", "info", "warn", "error"]
    text: str


class _Answer(msgspec.Struct):
    outcome: Literal["returned", "threw", "unparsable", "too_large", "out_of_memory", "late", "broken"]
    value: Any = msgspec.UNSET
    message: str = ""
    line: int | None = None
    console: list[_Line] = []


def result_of(answer: bytes, *, seconds: float) -> ScriptResult:
    """Raise ScriptFailed or one of its kinds."""
    told = _read(answer)
    console = tuple(ConsoleLine(level=each.level, text=each.text) for each in told.console)
    match told.outcome:
        case "returned":
            return _returned(told, console)
        case "threw":
            raise ScriptFailed(told.message, line=told.line, console=console)
        case "unparsable":
            raise ScriptUnparsable(told.message, line=told.line)
        case "too_large":
            raise ScriptTooLarge(TOO_LARGE, console=console)
        case "late":
            raise late(seconds)
        case "out_of_memory":
            raise ScriptOutOfMemory(OUT_OF_MEMORY)
        case "broken":
            raise ScriptOutOfMemory(BROKEN)


def late(seconds: float) -> ScriptTimedOut:
    return ScriptTimedOut(f"It did not end within {round(seconds * 1000)} ms")


def _read(answer: bytes) -> _Answer:
    try:
        return msgspec.convert(parsed(answer.decode()), _Answer)
    except ValueError as unreadable:
        if isinstance(unreadable.__cause__, RecursionError):
            raise ScriptTooLarge(TOO_DEEP) from unreadable
        raise ScriptOutOfMemory(BROKEN) from unreadable


def _returned(told: _Answer, console: tuple[ConsoleLine, ...]) -> ScriptResult:
    if told.value is msgspec.UNSET:
        return ScriptResult(value=UNDEFINED, console=console)
    if _is_too_deep(told.value):
        raise ScriptTooLarge(TOO_DEEP, console=console)
    return ScriptResult(value=told.value, console=console)


def _is_too_deep(value: Json) -> bool:
    """Whoever handles it later may do so with recursion."""
    level = [value]
    for _ in range(_MOST_DEPTH + 1):
        level = [each for nest in level if isinstance(nest, list | dict) for each in _inside(nest)]
    return bool(level)


def _inside(nest: list[Json] | JsonObject) -> Iterable[Json]:
    return nest.values() if isinstance(nest, dict) else nest
