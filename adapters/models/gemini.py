"""Google's Gemini, by its generateContent method."""

from typing import Any, Final
from urllib.parse import quote

import msgspec

from adapters.models.keys import needed_key
from adapters.models.provider_http import Call, ProviderHttp
from adapters.models.replies import Said, decoded, encoded, reply_to
from adapters.models.secrecy import fit_to_show
from application.ports.language_model import FinishReason, ModelReply, ModelRequest, Role
from domain.models.errors import ModelRefused, ModelUnavailable
from domain.models.provider import Provider

GEMINI_URL: Final = "https://generativelanguage.googleapis.com/v1beta"
_NAME: Final = Provider.GEMINI.label
_LONGEST_MODEL: Final = 200

_REASONS: Final = {
    "stop": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "safety": FinishReason.BLOCKED,
    "recitation": FinishReason.BLOCKED,
    "blocklist": FinishReason.BLOCKED,
    "prohibited_content": FinishReason.BLOCKED,
    "spii": FinishReason.BLOCKED,
    "language": FinishReason.BLOCKED,
}


class _Part(msgspec.Struct):
    text: str | None = None
    thought: bool | None = None


class _Content(msgspec.Struct):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, rename="camel"):
    content: _Content | None = None
    finish_reason: Any = None


class _Feedback(msgspec.Struct, rename="camel"):
    block_reason: Any = None


class _Answer(msgspec.Struct, rename="camel"):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    usage_metadata: Any = None


class Gemini:
    """All text parts of the first candidate make the answer; a model's thoughts are not part of it.

    The key travels in a header, never in the address. A blocked prompt or answer is an error that gives the reason.
    """

    def __init__(self, http: ProviderHttp, *, url: str = GEMINI_URL) -> None:
        self._http = http
        self._url = url.rstrip("/")

    async def complete(self, request: ModelRequest) -> ModelReply:
        key = needed_key(_NAME, request.api_key)
        call = Call(
            provider=_NAME,
            url=f"{self._url}/models/{_in_address(request.model)}:generateContent",
            headers={"x-goog-api-key": key},
            body=encoded(_question(request)),
            secret=key,
            timeout=request.timeout,
        )
        answer = decoded(await self._http.post(call), _Answer, provider=_NAME)
        return reply_to(request, _said(answer, key), provider=_NAME, reasons=_REASONS, secret=key)


def _in_address(model: str) -> str:
    bare = model.removeprefix("models/")
    if not 1 <= len(bare) <= _LONGEST_MODEL:
        raise ModelRefused(_NAME, f"{_NAME} has no such model. Check the model's name.")
    return quote(bare, safe="", errors="replace")


def _question(request: ModelRequest) -> dict[str, Any]:
    question: dict[str, Any] = {
        "contents": [
            {"role": "model" if each.role is Role.ASSISTANT else "user", "parts": [{"text": each.text}]}
            for each in request.messages
            if each.role is not Role.SYSTEM
        ],
        "generationConfig": {"temperature": request.temperature, "maxOutputTokens": request.max_output_tokens},
    }
    instruction = "\n\n".join(each.text for each in request.messages if each.role is Role.SYSTEM)
    if instruction:
        question["systemInstruction"] = {"parts": [{"text": instruction}]}
    return question


def _said(answer: _Answer, key: str) -> Said:
    if not answer.candidates:
        raise _blocked(answer, key)
    first = answer.candidates[0]
    parts = (first.content and first.content.parts) or []
    counted = answer.usage_metadata if isinstance(answer.usage_metadata, dict) else {}
    return Said(
        text="".join(each.text or "" for each in parts if not each.thought),
        finish=first.finish_reason,
        prompt_tokens=counted.get("promptTokenCount"),
        completion_tokens=_written(counted),
        total_tokens=counted.get("totalTokenCount"),
    )


def _written(counted: dict[str, Any]) -> Any:
    """Thoughts are counted apart, but they are written and paid for like the answer."""
    answer, thoughts = counted.get("candidatesTokenCount"), counted.get("thoughtsTokenCount")
    if isinstance(thoughts, int) and isinstance(answer, int | None):
        return (answer or 0) + thoughts
    return answer


def _blocked(answer: _Answer, key: str) -> ModelRefused | ModelUnavailable:
    reason = answer.prompt_feedback and answer.prompt_feedback.block_reason
    if isinstance(reason, str) and reason:
        return ModelRefused(_NAME, f"{_NAME} blocked the prompt ({fit_to_show(reason, key)}). Change the prompt.")
    return ModelUnavailable(_NAME, f"{_NAME} answered without a candidate and without a reason. Try again later.")
