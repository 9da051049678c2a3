"""Answers prompts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    role: Role
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of retrieved text. `number` is what the prompt calls it, None where it has no number."""

    text: str = field(repr=False)
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One call.

    `messages` hold at least one of a user. `timeout` is in seconds and covers everything: waiting, retries, reading.
    `passages` repeats the retrieved text that is already part of the prompt, for models that cannot read; None means
    that nothing was retrieved, empty that nothing was found. `attempt` counts from 1 how often this was asked because
    an earlier answer was not good enough: models that would only repeat themselves have to answer something else.
    """

    provider: str
    model: str
    messages: Sequence[Message]
    temperature: float = 0.7
    max_output_tokens: int = 2048
    timeout: float = 30.0
    api_key: str | None = field(default=None, repr=False)
    passages: Sequence[Passage] | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens. `estimated` when the provider did not count (all of) them: then four characters are one token."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    estimated: bool = False


class FinishReason(StrEnum):
    """STOP: said all; LENGTH: cut at the token limit; BLOCKED: cut by a filter; OTHER: anything else."""

    STOP = "stop"
    LENGTH = "length"
    BLOCKED = "blocked"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReply:
    """`text` may be empty. `warnings` are sentences for people on what is odd about this answer."""

    text: str = field(repr=False)
    model: str
    provider: str
    usage: Usage
    finish_reason: FinishReason
    warnings: tuple[str, ...] = ()


class LanguageModel(Protocol):
    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer, or raise a subclass of ModelFailed; nothing that is raised or logged holds the key.

        Cancelling ends the call at once. Calls may overlap.
        """
