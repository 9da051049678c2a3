"""Placeholders in bodies: what is filled into JSON or a form is a value, and never changes its structure."""

import re
from typing import Final
from urllib.parse import quote_plus

from domain.values.interpolation import PLACEHOLDER, inserted_text, interpolate_keeping, interpolate_with, json_text
from domain.values.json import Json, JsonObject, parsed

_LITERAL: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def filled_body(template: str, data: JsonObject, *, content_type: str) -> str:
    """Fill the placeholders of `template`; one whose value is missing or null stays verbatim.

    In JSON, a value within quotes is escaped; elsewhere it becomes a JSON value: text that spells one is taken for
    it, any other text gets quotes. In a form it is percent-encoded. A body of another kind, and one that is nothing
    but a placeholder, gets the text as it is: there is no structure to protect.
    """
    kind = content_type.lower()
    if PLACEHOLDER.fullmatch(template.strip()):
        return interpolate_keeping(template, data)
    if "application/x-www-form-urlencoded" in kind:
        return interpolate_with(
            template, data, lambda _, value: quote_plus(inserted_text(value), safe="", errors="replace")
        )
    quoted = _within_quotes(template)
    if "json" in kind and _is_json(PLACEHOLDER.sub(lambda at: "x" if at.start() in quoted else "null", template)):
        return interpolate_with(template, data, lambda at, value: _escaped(value) if at in quoted else _as_json(value))
    return interpolate_keeping(template, data)


def _within_quotes(template: str) -> frozenset[int]:
    return frozenset(
        placeholder.start()
        for literal in _LITERAL.finditer(template)
        for placeholder in PLACEHOLDER.finditer(template, *literal.span())
    )


def _escaped(value: Json) -> str:
    return json_text(inserted_text(value))[1:-1]


def _as_json(value: Json) -> str:
    return value if isinstance(value, str) and _is_json(value) else json_text(value)


def _is_json(text: str) -> bool:
    try:
        parsed(text)
    except ValueError:
        return False
    return True
