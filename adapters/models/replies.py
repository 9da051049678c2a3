"""From what a provider said to a reply, with everything odd about it in words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from adapters.models.secrecy import fit_to_show
from application.ports.language_model import FinishReason, ModelReply, ModelRequest, Usage
from domain.models.errors import ModelRefused, ModelUnavailable

CHARACTERS_PER_TOKEN: Final = 4
_MOST_TOKENS: Final = 1 << 40
_LONGEST_REASON: Final = 60

Shape = TypeVar("Shape", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A provider's answer in its own terms: counts are whatever it sent, `finish` is its word for why it ended."""

    text: str
    finish: Any
    prompt_tokens: Any = None
    completion_tokens: Any = None
    total_tokens: Any = None


def decoded(body: bytes, shape: type[Shape], *, provider: str) -> Shape:
    """Raise ModelUnavailable for what is not JSON or has another shape. Unknown fields are fine."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as odd:
        raise ModelUnavailable(provider, f"The answer of {provider} has an unexpected shape.") from odd
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise ModelUnavailable(provider, f"The answer of {provider} is not JSON.") from broken


def encoded(body: Mapping[str, Any]) -> bytes:
    """JSON; characters that UTF-8 cannot hold become question marks."""
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(body))


def reply_to(
    request: ModelRequest, said: Said, *, provider: str, reasons: Mapping[str, FinishReason], secret: str | None
) -> ModelReply:
    """`provider` is its name for people, `reasons` the provider's words for why an answer ends.

    Raise ModelRefused when a filter left nothing of the answer.
    """
    word = _shown(said.finish, secret)
    finish = reasons.get(word.lower(), FinishReason.OTHER)
    if finish is FinishReason.BLOCKED and not said.text:
        raise ModelRefused(provider, f"{provider} blocked its answer ({word}). Change the prompt.")
    return ModelReply(
        text=said.text,
        model=request.model,
        provider=request.provider,
        usage=_usage(request, said),
        finish_reason=finish,
        warnings=tuple(_oddities(request, said, finish, f"{provider} ended its answer", word)),
    )


def _shown(finish: Any, secret: str | None) -> str:
    return fit_to_show(finish, secret)[:_LONGEST_REASON] if isinstance(finish, str) else ""


def _oddities(request: ModelRequest, said: Said, finish: FinishReason, ended: str, word: str) -> list[str]:
    oddities = []
    match finish:
        case FinishReason.LENGTH:
            oddities.append(f"The answer was cut at the limit of {request.max_output_tokens} tokens.")
        case FinishReason.BLOCKED:
            oddities.append(f"{ended} early because of a filter ({word}).")
        case FinishReason.OTHER:
            oddities.append(f"{ended} for an unusual reason ({word})." if word else f"{ended} without a reason.")
        case FinishReason.STOP:
            pass
    if not said.text:
        oddities.append("The answer is empty.")
    return oddities


def _usage(request: ModelRequest, said: Said) -> Usage:
    prompt, completion, total = map(_count, (said.prompt_tokens, said.completion_tokens, said.total_tokens))
    estimated = prompt is None or completion is None
    if prompt is None:
        prompt = _estimate(sum(len(each.text) for each in request.messages))
    if completion is None:
        completion = _estimate(len(said.text))
    if total is None or estimated:
        total = prompt + completion
    return Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=total, estimated=estimated)


def _count(sent: Any) -> int | None:
    is_count = isinstance(sent, int) and not isinstance(sent, bool) and 0 <= sent <= _MOST_TOKENS
    return sent if is_count else None


def _estimate(characters: int) -> int:
    return math.ceil(characters / CHARACTERS_PER_TOKEN)


def _mended(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {key: _mended(each) for key, each in value.items()}
        case list():
            return [_mended(each) for each in value]
        case _:
            return value
