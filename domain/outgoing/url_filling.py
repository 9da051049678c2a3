"""Placeholders in URLs: what is filled in is a value, and never changes where or how the URL leads."""

import re
from typing import Final
from urllib.parse import quote, unquote

from domain.outgoing.errors import BadUrl
from domain.values.interpolation import inserted_text, interpolate_with
from domain.values.json import Json, JsonObject

_BEGINNING: Final = re.compile(r"https?://[^/?#\\]*")
_FITS_A_HOST: Final = re.compile(r"[\w.:\[\]-]*\Z")
_ENCODED: Final = re.compile(r"(%[0-9A-Fa-f]{2})")


def filled_url(template: str, data: JsonObject) -> str:
    """Fill the placeholders of `template`, an absolute URL; one whose value is missing or null stays verbatim.

    In the host a value may hold what hosts and ports consist of. In the path it is one segment or part of one, in
    the query one key or value or part of it: everything else is percent-encoded, except what already is. Raise
    BadUrl for a value that does not fit in the host, or that would lead up the path.
    """
    beginning = _BEGINNING.match(template)
    end_of_host = beginning.end() if beginning else 0
    end_of_path = min((at for at in (template.find(mark, end_of_host) for mark in "?#") if at >= 0), default=None)

    def insert(position: int, value: Json) -> str:
        text = inserted_text(value)
        if position < end_of_host:
            return _in_host(text)
        return _in_path(text) if end_of_path is None or position < end_of_path else _encoded(text)

    return interpolate_with(template, data, insert)


def _in_host(text: str) -> str:
    if not _FITS_A_HOST.match(text):
        raise BadUrl("A value that was to be filled into the host of the URL holds more than a host can")
    return text


def _in_path(text: str) -> str:
    if unquote(text) in (".", ".."):
        raise BadUrl("A value that was to be filled into the path of the URL leads up the path")
    return _encoded(text)


def _encoded(text: str) -> str:
    """Percent-encoded but for letters, digits and `-._~`; whoever encoded a value before finds it unchanged."""
    pieces = _ENCODED.split(text)
    return "".join(piece if at % 2 else quote(piece, safe="", errors="replace") for at, piece in enumerate(pieces))
