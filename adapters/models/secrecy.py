"""What a provider said, made fit to be shown and stored."""

import re
from typing import Final

import msgspec

MOST_CHARACTERS: Final = 300
_LOOKED_AT: Final = 2000
_RUN: Final = 8
_TAG: Final = re.compile(r"<[^<>]{0,200}>")
_KEY_SHAPE: Final = re.compile(r"\b(?:sk|gsk|rk|pk)[-_][\w*.-]{6,}|\bAIza[\w*-]{6,}|\bBearer\s+\S+", re.IGNORECASE)
_HIDDEN: Final = "[key]"


def told_by(body: bytes, secret: str | None) -> str:
    """The provider's own message on one line, at most 300 characters, without the key or anything like one.

    Finds it where Google, OpenAI and the servers that imitate them put it; any other body is taken as text.
    """
    return fit_to_show(_message_in(body) or body.decode("utf-8", "replace"), secret)


def fit_to_show(text: str, secret: str | None) -> str:
    """No markup, no control characters, no eight characters in a row of the secret, at most 300 in all."""
    bare = "".join(each if each.isprintable() else " " for each in _TAG.sub(" ", text[: 32 * _LOOKED_AT]))
    line = " ".join(bare.split())[:_LOOKED_AT]
    hidden = _KEY_SHAPE.sub(_HIDDEN, _without(secret, line) if secret else line)
    return hidden if len(hidden) <= MOST_CHARACTERS else hidden[: MOST_CHARACTERS - 1] + "…"


def _without(secret: str, text: str) -> str:
    """Providers shorten or fold the key when they repeat it, so a run of its characters counts as the key."""
    width = min(_RUN, len(secret))
    folded = secret.lower()
    runs = {folded[at : at + width] for at in range(len(folded) - width + 1)}
    kept: list[str] = []
    hidden_to = 0
    for at, character in enumerate(text):
        if text[at : at + width].lower() in runs:
            if at >= hidden_to:
                kept.append(_HIDDEN)
            hidden_to = at + width
        if at >= hidden_to:
            kept.append(character)
    return "".join(kept)


def _message_in(body: bytes) -> str | None:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(said, list) and said:
        said = said[0]
    if not isinstance(said, dict):
        return None
    candidates = [said.get("error"), said, said.get("detail")]
    for each in candidates:
        message = each.get("message") if isinstance(each, dict) else each
        if isinstance(message, str) and message.strip():
            return message
    return None
