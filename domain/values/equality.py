"""When two values are the same."""

from collections.abc import Hashable

from domain.values.json import Json


def identity(value: Json) -> Hashable:
    """A key that deeply equal values share and others do not: 1 and 1.0 are one number, true is none, and the order
    of an object's keys does not matter."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return ("array", tuple(map(identity, value)))
    if isinstance(value, dict):
        return ("object", frozenset((key, identity(each)) for key, each in value.items()))
    return value
