"""OpenAI, Groq, and every server that speaks OpenAI's chat completions."""

from typing import Any, Final

import httpx
import msgspec

from adapters.models.keys import needed_key, usable_key
from adapters.models.provider_http import Call, ProviderHttp
from adapters.models.replies import Said, decoded, encoded, reply_to
from adapters.models.secrecy import fit_to_show
from application.ports.language_model import FinishReason, ModelReply, ModelRequest
from domain.models.errors import ModelRefused, ModelUnavailable

OPENAI_URL: Final = "https://api.openai.com/v1"
GROQ_URL: Final = "https://api.groq.com/openai/v1"

_REASONS: Final = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.BLOCKED,
}


class _Message(msgspec.Struct):
    content: Any = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message | None = None
    finish_reason: Any = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: Any = None
    error: Any = None


class OpenAiCompatible:
    """`name` is the provider's name for people, `url` ends before `/chat/completions`.

    Only OpenAI's own server is asked without a key to be told so at once; the others may need none, unless `needs_key`
    says otherwise. OpenAI's newer models know only `max_completion_tokens`, most other servers only `max_tokens`: the
    address decides. Raise ValueError for an address that is not http or https.
    """

    def __init__(self, http: ProviderHttp, *, name: str, url: str, needs_key: bool | None = None) -> None:
        address = httpx.URL(url)
        if address.scheme not in ("http", "https") or not address.host:
            raise ValueError(f"The address of {name} must begin with http:// or https://")
        is_original = address.host == httpx.URL(OPENAI_URL).host
        self._http = http
        self._name = name
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._key = needed_key if (is_original if needs_key is None else needs_key) else usable_key
        self._limit = "max_completion_tokens" if is_original else "max_tokens"

    async def complete(self, request: ModelRequest) -> ModelReply:
        key = self._key(self._name, request.api_key)
        call = Call(
            provider=self._name,
            url=self._url,
            headers={"authorization": f"Bearer {key}"} if key else {},
            body=encoded(self._question(request)),
            secret=key,
            timeout=request.timeout,
        )
        answer = decoded(await self._http.post(call), _Answer, provider=self._name)
        return reply_to(request, self._said(answer, key), provider=self._name, reasons=_REASONS, secret=key)

    def _question(self, request: ModelRequest) -> dict[str, Any]:
        return {
            "model": request.model,
            "messages": [{"role": each.role.value, "content": each.text} for each in request.messages],
            "temperature": request.temperature,
            self._limit: request.max_output_tokens,
        }

    def _said(self, answer: _Answer, key: str | None) -> Said:
        if not answer.choices:
            raise self._without_choices(answer, key)
        first = answer.choices[0]
        message = first.message or _Message()
        text = _text(message.content)
        if message.refusal and not text:
            raise ModelRefused(self._name, f"{self._name} declined: {fit_to_show(message.refusal, key)}")
        counted = answer.usage if isinstance(answer.usage, dict) else {}
        return Said(
            text=text,
            finish=first.finish_reason,
            prompt_tokens=counted.get("prompt_tokens"),
            completion_tokens=counted.get("completion_tokens"),
            total_tokens=counted.get("total_tokens"),
        )

    def _without_choices(self, answer: _Answer, key: str | None) -> ModelUnavailable:
        """Some servers answer 200 and tell the failure in the body."""
        error = answer.error
        message = error.get("message") if isinstance(error, dict) else error
        told = f": {fit_to_show(message, key)}" if isinstance(message, str) and message else "."
        return ModelUnavailable(self._name, f"{self._name} answered without a choice{told}")


def _text(content: Any) -> str:
    """Text as is; of a list of parts the text parts."""
    if isinstance(content, list):
        texts = [each.get("text") for each in content if isinstance(each, dict)]
        return "".join(each for each in texts if isinstance(each, str))
    return content if isinstance(content, str) else ""
