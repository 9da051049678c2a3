"""Where an answer sends the call next, and with what."""

from dataclasses import replace
from typing import Final

import httpx

from adapters.http.destination import Destination, checked
from adapters.http.exchange import Sending
from adapters.http.headers import for_another_origin, without_body
from domain.outgoing.errors import BadUrl

MOST_REDIRECTS: Final = 5

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def redirected(sending: Sending, status: int, location: str | None) -> Sending | None:
    """What to send next, None when the answer is final. Raise BadUrl for a location that cannot be called.

    Methods change as in browsers: 303 asks for GET, and so do 301 and 302 after POST. Only harmless headers go along
    to another origin; a fall from https to http is one.
    """
    if status not in _REDIRECTS or not location:
        return None
    place = _located(sending, location)
    following = replace(sending, place=place)
    if _becomes_get(sending.method, status):
        following = replace(following, method="GET", body=None, headers=without_body(following.headers))
    if place.origin != sending.place.origin:
        following = replace(following, headers=for_another_origin(following.headers))
    return following


def _located(sending: Sending, location: str) -> Destination:
    try:
        # Servers write what browsers read: UTF-8, although headers are Latin-1.
        return checked(sending.place.url.join(location.encode("latin-1").decode("utf-8", "replace")))
    except (BadUrl, httpx.InvalidURL, ValueError) as bad:
        reason = str(bad) if isinstance(bad, BadUrl) else "it cannot be read"
        raise BadUrl(f"The answer of {sending.place.authority} redirects to a bad URL: {reason}") from bad


def _becomes_get(method: str, status: int) -> bool:
    return (status == 303 and method not in ("GET", "HEAD")) or (status in (301, 302) and method == "POST")
