"""Placeholders in texts: two opening braces, a dotted path, two closing braces.

A path's segments are ASCII letters, digits and underscores; blanks around the path are tolerated. Anything else
stays as it is. The inserted text is raw: whoever needs URL or JSON escaping does it.
"""

import json
import re
from collections.abc import Callable

from domain.values.coercion import text_of
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson
from domain.values.path import walk

_PLACEHOLDER = re.compile(r"\{\{[ \t]*([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)[ \t]*\}\}")


def interpolate_keeping(template: str, data: JsonObject) -> str:
    """Fill placeholders; one whose value is missing or null stays verbatim."""
    return _interpolate(template, data, lambda placeholder: placeholder)


def interpolate_blanking(template: str, data: JsonObject) -> str:
    """Fill placeholders; one whose value is missing or null becomes nothing."""
    return _interpolate(template, data, lambda _: "")


def _interpolate(template: str, data: JsonObject, absent: Callable[[str], str]) -> str:
    def fill(found: re.Match[str]) -> str:
        value = walk(data, found.group(1))
        return absent(found.group(0)) if value is UNDEFINED or value is None else inserted_text(value)

    return _PLACEHOLDER.sub(fill, template)


def inserted_text(value: MaybeJson) -> str:
    """Scalars the JavaScript way, objects and arrays as JSON."""
    return json_text(value) if isinstance(value, dict | list) else text_of(value)


def json_text(value: MaybeJson) -> str:
    """Compact JSON with numbers in JavaScript's form, so that 1.0 is written `1`."""
    return json.dumps(None if value is UNDEFINED else _plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value
