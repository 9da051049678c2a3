"""How large a value is as JSON."""

from collections.abc import Iterable
from typing import Final

from domain.values.json import Json

_NESTS: Final = (dict, list)
_SEPARATOR: Final = 1
_AROUND: Final = 3
"""What the list that the walk begins with would take."""


def json_size(value: Json, *, most: int) -> int:
    """Bytes of compact JSON in UTF-8, up to `most`; what is larger counts as `most + 1` and is not looked at further.

    Escapes of control characters are not counted, so text of nothing else is up to six times as large.
    """
    size = 0
    waiting: list[Json] = [[value]]
    while waiting:
        nest = waiting.pop()
        inner: Iterable[Json] = ()
        if isinstance(nest, dict):
            size += 2 + sum(_text_size(key, most) + 2 * _SEPARATOR for key in nest)
            inner = nest.values()
        elif isinstance(nest, list):
            size += 2 + len(nest) * _SEPARATOR
            inner = nest
        for each in inner:
            if isinstance(each, _NESTS):
                waiting.append(each)
            else:
                size += _text_size(each, most) if isinstance(each, str) else len(str(each))
        if size - _AROUND > most:
            return most + 1
    return size - _AROUND


def _text_size(text: str, most: int) -> int:
    """Long text is not encoded just to see that it is too long."""
    if len(text) > most or text.isascii():
        return len(text) + 2
    return len(text.encode("utf-8", "surrogatepass")) + 2


def size_text(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"
