"""Placeholders in texts: two opening braces, a dotted path, two closing braces.

A path's segments are ASCII letters, digits and underscores, below `_nodes` also hyphens, which ids of nodes have;
blanks around the path are tolerated. Anything else stays as it is. The inserted text is raw: whoever needs URL or JSON
escaping does it. FilledTooLarge is raised for more than anybody can use.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Final

from domain.values.coercion import number_of, text_of
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson, is_number
from domain.values.path import walk

PLACEHOLDER: Final = re.compile(r"\{\{[ \t]*(_nodes(?:\.[A-Za-z0-9_-]+)+|[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)[ \t]*\}\}")

MOST_INSERTED: Final = 16 << 20
"""How many characters the values in one template may have together."""

_MANY: Final = 8
_SIMPLE: Final = frozenset({str, bool, type(None)})
_SAFE: Final = 10**15


class FilledTooLarge(ValueError):
    def __init__(self) -> None:
        super().__init__(f"What a template inserts is longer than {MOST_INSERTED} characters")


def interpolate_keeping(template: str, data: JsonObject) -> str:
    """Fill placeholders; one whose value is missing or null stays verbatim."""
    return _interpolate(template, data, lambda placeholder: placeholder)


def interpolate_blanking(template: str, data: JsonObject) -> str:
    """Fill placeholders; one whose value is missing or null becomes nothing."""
    return _interpolate(template, data, lambda _: "")


def interpolate_with(template: str, data: JsonObject, insert: Callable[[int, Json], str]) -> str:
    """Fill placeholders with what `insert` makes of a placeholder's position in the template and of its value.

    One whose value is missing or null stays verbatim.
    """

    def fill(found: re.Match[str]) -> str:
        value = walk(data, found.group(1))
        return found.group(0) if value is UNDEFINED or value is None else insert(found.start(), value)

    return _filled(template, fill)


def _interpolate(template: str, data: JsonObject, absent: Callable[[str], str]) -> str:
    texts: dict[str, str] = {}

    def fill(found: re.Match[str]) -> str:
        path = found.group(1)
        if path not in texts:
            value = walk(data, path)
            if value is UNDEFINED or value is None:
                return absent(found.group(0))
            texts[path] = inserted_text(value)
        return texts[path]

    return _filled(template, fill)


def _filled(template: str, fill: Callable[[re.Match[str]], str]) -> str:
    """Short templates can ask for terabytes, so what is inserted is counted before it is put together."""
    size = 0

    def counted(found: re.Match[str]) -> str:
        nonlocal size
        text = fill(found)
        size += len(text)
        if size > MOST_INSERTED:
            raise FilledTooLarge
        return text

    return PLACEHOLDER.sub(counted, template)


def inserted_text(value: MaybeJson) -> str:
    """Scalars the JavaScript way, objects and arrays as JSON."""
    return json_text(value) if isinstance(value, dict | list) else text_of(value)


def json_text(value: MaybeJson) -> str:
    """Compact JSON, written as JSON.stringify writes it: 1.0 is `1`, and what JSON cannot say is `null`."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_text(key)}:{json_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        if len(value) >= _MANY and _is_the_same_in_python(value):
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return "[" + ",".join(map(json_text, value)) + "]"
    if value is UNDEFINED or (is_number(value) and not math.isfinite(number_of(value))):
        return "null"
    return text_of(value)


def _is_the_same_in_python(values: list[Json]) -> bool:
    """Whether Python writes these as JavaScript does: then millions of them are written in a moment."""
    kinds = set(map(type, values))
    if kinds <= {*_SIMPLE, int}:
        return all(-_SAFE < each < _SAFE for each in values if isinstance(each, int))
    if kinds <= {float}:
        return all(0.001 < abs(each) < _SAFE and not each.is_integer() for each in values if isinstance(each, float))
    return False
