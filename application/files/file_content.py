"""The bytes that base64 stands for."""

import binascii
import re
from typing import Final

from domain.errors import Fault, Invalid

LARGEST_BYTES: Final = 10 * 1024 * 1024
_DATA_URL: Final = re.compile(r"\s*data:[^,]{0,200};base64,", re.ASCII | re.IGNORECASE)
_BLANKS: Final = b" \t\r\n\f\v"
_STRANGE: Final = re.compile(r"[^A-Za-z0-9+/=\s]|[^\x00-\x7f]", re.ASCII)


def decoded(content: str) -> bytes:
    """At most 10 MiB, in the standard alphabet and padded; blanks anywhere and a data URL's prefix do not count.

    Raise Invalid for anything else: what a tolerant decoder skips would be missing from the file.
    """
    if not content or content.isspace():
        raise _refused("required", "fileContent is empty; send the file's bytes as base64")
    start = prefix.end() if (prefix := _DATA_URL.match(content)) else 0
    decoded = _canonically_decoded(content[start:])
    if decoded is None:
        raise _refused("invalid_base64", f"fileContent is not valid base64: {_reason(content, start)}")
    if len(decoded) > LARGEST_BYTES:
        raise _refused("too_large", f"The file is larger than {LARGEST_BYTES // 1024 // 1024} MiB; send it in parts")
    return decoded


def _canonically_decoded(content: str) -> bytes | None:
    """None when encoding the result again would not give the same: Python lets some wrong paddings pass."""
    try:
        written = content.encode("ascii").translate(None, _BLANKS)
        decoded = binascii.a2b_base64(written, strict_mode=True)
    except ValueError:
        return None
    return decoded if binascii.b2a_base64(decoded, newline=False) == written else None


def _reason(content: str, start: int) -> str:
    if strange := _STRANGE.search(content, start):
        return f"{strange.group()!r} at position {strange.start() + 1} does not belong to its alphabet"
    return "it is cut short, or its padding with = is wrong"


def _refused(code: str, message: str) -> Invalid:
    return Invalid(message, [Fault(("fileContent",), code, message)])
