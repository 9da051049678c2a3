"""Somebody's key to a model provider."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.errors import Fault
from domain.ids import ProviderKeyId, UserId

MIN_KEY_LENGTH, MAX_KEY_LENGTH = 10, 4096
MAX_LABEL_LENGTH = 255
MAX_KEYS = 100
"""Per user, over all providers."""

_KEY = re.compile(rf"[!-~]{{{MIN_KEY_LENGTH},{MAX_KEY_LENGTH}}}")


class Provider(StrEnum):
    GEMINI = "gemini"
    GROQ = "groq"
    OPENAI = "openai"
    """Whatever speaks OpenAI's protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKey:
    """The key itself is only here sealed. A user may have several for one provider: the newest is used.

    `ring_key` names the key of the ring that sealed it.
    """

    id: ProviderKeyId
    owner_id: UserId
    provider: Provider
    label: str
    sealed: str = field(repr=False)
    ring_key: str
    created_at: datetime


def key_faults(key: str, label: str) -> list[Fault]:
    """Every rule that a key and its label break; blanks around them do not count. Keys travel in HTTP headers."""
    faults = []
    if not _KEY.fullmatch(key.strip()):
        text = f"Must have {MIN_KEY_LENGTH} to {MAX_KEY_LENGTH} letters, digits and signs, without blanks inside"
        faults.append(Fault(("key",), "malformed", text))
    if not 1 <= len(label.strip()) <= MAX_LABEL_LENGTH:
        faults.append(Fault(("label",), "wrong_length", f"Must have 1 to {MAX_LABEL_LENGTH} characters"))
    return faults


def binding(owner_id: UserId, provider: Provider) -> str:
    """What a sealed key is bound to: moved to another user or provider, it cannot be opened."""
    return f"provider-key:{owner_id}:{provider}"
