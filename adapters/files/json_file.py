"""JSON (RFC 8259), one value per file."""

import json
import re
from typing import Final

from adapters.files.json_fitness import refuse_unfit
from adapters.files.text import Text, counted, cut, decoded, number
from application.ports.file_reader import FileContent
from domain.files.errors import FileUnreadable
from domain.values.json import Json, parsed

MOST_CONTAINERS: Final = 500_000
_TEXT_OR_CONSTANT: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|(-?Infinity|NaN)', re.DOTALL)


def read_json(content: bytes) -> FileContent:
    """Any JSON value, nested at most 128 deep, with at most half a million arrays and objects.

    Of equal keys in one object the last wins. Refused are NaN, Infinity and numbers beyond what 64-bit
    floating point can hold, and texts with NUL or half a surrogate pair.
    """
    text = decoded(content)
    if text.text.count("[") + text.text.count("{") > MOST_CONTAINERS:
        raise FileUnreadable(f"The JSON has more than {MOST_CONTAINERS} brackets and braces; split the file")
    value = _value(text)
    refuse_unfit(value)
    row_count = len(value) if isinstance(value, list) else None
    return FileContent(value=value, row_count=row_count, preview=_preview(value) + text.remark)


def _value(text: Text) -> Json:
    try:
        return parsed(text.text)
    except json.JSONDecodeError as broken:
        where = f"line {text.line_of(broken.pos)}, column {broken.colno}"
        raise FileUnreadable(f"Not valid JSON at {where}: {_in_our_words(broken.msg)}") from broken
    except ValueError as broken:
        raise FileUnreadable(_without_position(text, broken)) from broken


def _in_our_words(message: str) -> str:
    """The library ends some of its messages with the words that introduce the position."""
    return message.removesuffix(" at").removesuffix(" starting")


def _without_position(text: Text, broken: ValueError) -> str:
    """The library does not say where a constant or a number is."""
    if "digits" in str(broken):
        return "The JSON has a number of thousands of digits; write it as a text"
    constant = next((each for each in _TEXT_OR_CONSTANT.finditer(text.text) if each.group(1)), None)
    if constant is None:
        return "The JSON is nested more than 128 deep; flatten it"
    return f"Not valid JSON at line {text.line_of(constant.start())}: {constant.group()} is no JSON number; use null"


def _preview(value: Json) -> str:
    match value:
        case list():
            return f"array with {number(len(value), 'item')}"
        case dict():
            names = f" ({cut(', '.join(value))})" if value else ""
            return f"object with {number(len(value), 'key')}{names}"
        case str():
            return f"text with {counted(value)}"
        case _:
            return cut(json.dumps(value))
