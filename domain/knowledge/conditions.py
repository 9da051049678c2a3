"""Which documents a search looks at, by what their metadata says."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Plain: TypeAlias = str | int | float | bool | None


class Comparison(StrEnum):
    """RANGE bounds are inclusive for gte and lte, exclusive for gt and lt."""

    EQUALS = "eq"
    IN = "in"
    EXISTS = "exists"
    ABOVE = "gt"
    AT_LEAST = "gte"
    BELOW = "lt"
    AT_MOST = "lte"


@dataclass(frozen=True, slots=True)
class Condition:
    """`path` leads to a field of a document's metadata, one key after the other.

    A list there fulfils it when one of its items does. Values of different types are never equal, and neither above
    nor below each other. IN has any number of `values`, EXISTS one boolean, all others one value.
    """

    path: tuple[str, ...]
    comparison: Comparison
    values: Sequence[Plain]
