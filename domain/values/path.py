"""Dotted paths into JSON: `a.b.0.c`. No brackets, no escapes."""

from domain.values.json import UNDEFINED, Json, MaybeJson


def walk(value: Json, path: str) -> MaybeJson:
    """Follow `path`: objects by key, arrays by index text. A missing step, or a step into a scalar, is UNDEFINED."""
    here: MaybeJson = value
    for segment in path.split("."):
        here = _step(here, segment)
        if here is UNDEFINED:
            return UNDEFINED
    return here


def walk_objects(value: Json, path: str) -> MaybeJson:
    """Like `walk`, but never enters arrays: the rule for the paths of edge conditions."""
    here: MaybeJson = value
    for segment in path.split("."):
        if not isinstance(here, dict):
            return UNDEFINED
        here = here.get(segment, UNDEFINED)
    return here


def _step(value: MaybeJson, segment: str) -> MaybeJson:
    if isinstance(value, dict):
        return value.get(segment, UNDEFINED)
    if isinstance(value, list) and _is_index(segment) and int(segment) < len(value):
        return value[int(segment)]
    return UNDEFINED


def _is_index(segment: str) -> bool:
    """Array indices are canonical decimal text: `0`, `12`, but not `01`, `+1` or other scripts' digits."""
    canonical = segment.isascii() and segment.isdigit() and len(segment) <= 10
    return canonical and (segment == "0" or segment[0] != "0")
