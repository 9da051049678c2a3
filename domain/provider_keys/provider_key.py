"""Somebody's key to a model provider."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.ids import ProviderKeyId, UserId

MIN_KEY_LENGTH, MAX_KEY_LENGTH = 10, 4096
MAX_LABEL_LENGTH = 255
MAX_KEYS = 100
"""Per user, over all providers."""


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


def binding(owner_id: UserId, provider: Provider) -> str:
    """What a sealed key is bound to: moved to another user or provider, it cannot be opened."""
    return f"provider-key:{owner_id}:{provider}"
