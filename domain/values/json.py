"""The shape of every value that travels through a graph."""

from enum import Enum
from typing import Final, Literal, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]


class Undefined(Enum):
    """What a walk finds where nothing is: neither null nor blank."""

    UNDEFINED = "undefined"


UNDEFINED: Final = Undefined.UNDEFINED
MaybeJson: TypeAlias = "Json | Literal[Undefined.UNDEFINED]"


def is_number(value: MaybeJson) -> bool:
    """True for JSON numbers; Python's booleans are integers, JSON's are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_object(value: MaybeJson) -> JsonObject:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
