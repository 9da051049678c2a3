"""From an HTTP status to a failure that people can act on."""

import math
import re
from typing import Final

from adapters.models.secrecy import told_by
from domain.models.errors import (
    ModelFailed,
    ModelKeyRefused,
    ModelLimitReached,
    ModelRefused,
    ModelUnavailable,
)

PASSING: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same call may succeed a little later."""

_ABOUT_THE_KEY: Final = re.compile(r"api[ _-]?key", re.IGNORECASE)
_LONGEST_PAUSE_TOLD: Final = 86_400
_ADVICE: Final = {
    400: "Check the model's name, the prompt and the limits.",
    401: "Check the key in Settings.",
    402: "Check the account's credit with the provider.",
    403: "Check the key in Settings, and what it may use.",
    404: "Check the model's name.",
    413: "Shorten the prompt.",
    422: "Check the model's name, the prompt and the limits.",
    429: "Too many calls, or the quota is used up; wait, or raise the limit with the provider.",
}


def refusal(
    provider: str, status: int, body: bytes, *, secret: str | None, retry_after: float | None = None
) -> ModelFailed:
    """What an answer that is not 2xx means. `retry_after` is in seconds, as the provider asked."""
    told = told_by(body, secret)
    kind = _kind(status, told)
    advice = _ADVICE[401] if kind is ModelKeyRefused and status == 400 else _advice(status)
    return kind(provider, f"{provider} answered {status}{_quoted(told)} {advice}{_later(retry_after)}", status=status)


def _kind(status: int, told: str) -> type[ModelFailed]:
    if status in (401, 403) or (status == 400 and _ABOUT_THE_KEY.search(told)):
        return ModelKeyRefused
    if status == 429:
        return ModelLimitReached
    return ModelUnavailable if status >= 500 else ModelRefused


def _advice(status: int) -> str:
    if 300 <= status < 400:
        return "Redirects are not followed; check the provider's address."
    if status >= 500:
        return "The fault is on the provider's side; try again later."
    return _ADVICE.get(status, "Check the provider's address, the model's name and the prompt.")


def _quoted(told: str) -> str:
    if not told:
        return "."
    return f": {told}" if told[-1] in ".!?…" else f": {told}."


def _later(retry_after: float | None) -> str:
    if retry_after is None:
        return ""
    return f" It asks to wait {math.ceil(min(retry_after, _LONGEST_PAUSE_TOLD))} s."
