"""What JSON can spell and nobody can keep."""

import re
from collections.abc import Iterable
from typing import Final

from domain.files.errors import FileUnreadable
from domain.values.json import Json

MOST_DEPTH: Final = 128
_HALF: Final = re.compile("[\ud800-\udfff]")
_LARGEST: Final = 1.7976931348623157e308


def refuse_unfit(value: Json) -> None:
    """Raise FileUnreadable for the first thing that does not fit, with its path."""
    if fault := _fault(value):
        raise FileUnreadable(f"The JSON {fault}")
    if isinstance(value, dict | list):
        _refuse_inside(value, [])


def _refuse_inside(container: dict[str, Json] | list[Json], path: list[str | int]) -> None:
    if len(path) >= MOST_DEPTH:
        raise FileUnreadable(f"The JSON is nested more than {MOST_DEPTH} deep; flatten it")
    for key, each in _entries(container):
        fault = _fault(each) or (isinstance(key, str) and _fault_of_text(key))
        if fault:
            raise FileUnreadable(f"The JSON at {_spelled([*path, key])} {fault}")
        if isinstance(each, dict | list):
            path.append(key)
            _refuse_inside(each, path)
            path.pop()


def _entries(container: dict[str, Json] | list[Json]) -> Iterable[tuple[str | int, Json]]:
    return container.items() if isinstance(container, dict) else enumerate(container)


def _fault(value: Json) -> str | None:
    if isinstance(value, str):
        return _fault_of_text(value)
    if isinstance(value, int | float) and not -_LARGEST <= value <= _LARGEST:
        return "has a number that is too large; write it as a text"
    return None


def _fault_of_text(text: str) -> str | None:
    if "\0" in text:
        return "has a NUL character (\\u0000), which cannot be kept; remove it"
    if not text.isascii() and _HALF.search(text):
        return "has half a surrogate pair (\\ud800 to \\udfff), which is no character; remove it"
    return None


def _spelled(path: list[str | int]) -> str:
    """As in `$.orders[3].price`; unprintable characters of keys are escaped."""
    steps = (f"[{each}]" if isinstance(each, int) else f".{ascii(each)[1:-1]}" for each in path)
    return "$" + "".join(steps)
