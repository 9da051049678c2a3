"""Which bytes may come in as JSON at all, before anybody asks what they say."""

import re
from array import array
from itertools import accumulate

from entrypoints.wire.errors import Unreadable

MAX_DEPTH = 128
"""Objects and arrays inside each other: far more than any graph has, far less than recursion can bear."""

_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")


def refuse_unreadable(body: bytes) -> None:
    """Raise Unreadable for text that is not UTF-8, holds NUL characters, or nests too deep.

    Databases cannot store NUL; nesting is bounded here so that nothing further in can run out of stack.
    """
    if not body.isascii():
        _refuse_other_encodings(body)
    if b"\\u0000" in body and _NUL.search(body):
        raise Unreadable("NUL characters are not allowed")
    if _depth(body) > MAX_DEPTH:
        raise Unreadable(f"JSON must not be nested deeper than {MAX_DEPTH}")


def _refuse_other_encodings(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as refused:
        raise Unreadable("The body is not UTF-8") from refused


def _depth(body: bytes) -> int:
    """How deep brackets nest outside of texts; a cheap upper bound where that is enough."""
    brackets = body.count(b"[") + body.count(b"{")
    if brackets <= MAX_DEPTH:
        return brackets
    steps = array("b", _TEXT.sub(b"", body).translate(_STEPS, _NOT_BRACKETS))
    return max(accumulate(steps), default=0)
