"""The shape of every value that travels through a graph."""

import json
from enum import Enum
from typing import Final, Literal, TypeAlias, cast

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]


class Undefined(Enum):
    """What a walk finds where nothing is: neither null nor blank."""

    UNDEFINED = "undefined"


UNDEFINED: Final = Undefined.UNDEFINED
MaybeJson: TypeAlias = "Json | Literal[Undefined.UNDEFINED]"


def parsed(text: str) -> Json:
    """The value that JSON text spells. Raise ValueError for what JSON.parse refuses too, or for bottomless nesting."""
    try:
        return cast("Json", json.loads(text, parse_constant=_no_constant))
    except RecursionError as bottomless:
        raise ValueError("nested too deeply") from bottomless


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def is_number(value: MaybeJson) -> bool:
    """True for JSON numbers; Python's booleans are integers, JSON's are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_object(value: MaybeJson) -> JsonObject:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
