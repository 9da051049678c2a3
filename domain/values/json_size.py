"""How large a value is as JSON."""

from typing import Final

from domain.values.json import Json

_SEPARATOR: Final = 1


def json_size(value: Json, *, most: int) -> int:
    """Bytes of compact JSON in UTF-8, up to `most`; what is larger counts as `most + 1` and is not looked at further.

    Escapes of control characters are not counted, so text of nothing else is up to six times as large.
    """
    size = 0
    waiting: list[Json] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            size += _text_size(one, most)
        elif isinstance(one, dict):
            size += 2 + sum(_text_size(key, most) + 2 * _SEPARATOR for key in one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            size += 2 + len(one) * _SEPARATOR
            waiting.extend(one)
        else:
            size += len(str(one))
        if size > most:
            return most + 1
    return size


def _text_size(text: str, most: int) -> int:
    """Long text is not encoded just to see that it is too long."""
    if len(text) > most or text.isascii():
        return len(text) + 2
    return len(text.encode("utf-8", "surrogatepass")) + 2


def size_text(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"
