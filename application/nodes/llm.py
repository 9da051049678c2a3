"""Asks a language model."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from application.nodes.prompt import Prompt, composed
from application.ports.language_model import Message, ModelReply, ModelRequest, Role
from domain.errors import DomainError
from domain.executions.retry import RetryDirective
from domain.models.errors import PREFIX, ModelFailed
from domain.models.provider import Provider
from domain.values.coercion import code_units, number_text
from domain.values.interpolation import interpolate_keeping
from domain.values.json import JsonObject

MOST_TOKENS: Final = 1_000_000
LONGEST_TIMEOUT_MS: Final = 600_000
HIGHEST_TEMPERATURE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Llm:
    """Sends the filled prompt, followed by the file and the knowledge of the input, and hands on the answer instead.

    What the answer lacks of `qualityCheckRequiredText` or `qualityCheckMinLength` is asked for again, as far as the
    node's retry policy goes. Without a key for the provider another one may answer; the output says which did.
    """

    type: ClassVar[str] = "llm"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = True

    provider: Provider
    model: str
    template: str
    system_prompt: str
    temperature: float
    max_tokens: int
    timeout_ms: float
    required_text: str
    min_length: int | float | None

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        template = fields.text("promptTemplate") or fields.text("prompt")
        if not template and not any(fault.path[-1] in {"prompt", "promptTemplate"} for fault in fields.faults):
            fields.fault("prompt", "required", 'Either "prompt" or "promptTemplate" is required')
        return cls(
            provider=_provider(fields),
            model=fields.text("model").strip(),
            template=template,
            system_prompt=fields.text("systemPrompt"),
            temperature=fields.number("temperature", default=0.7, lowest=0, highest=HIGHEST_TEMPERATURE),
            max_tokens=fields.whole("maxTokens", default=2048, lowest=1, highest=MOST_TOKENS),
            timeout_ms=fields.number("timeoutMs", default=30_000, lowest=1, highest=LONGEST_TIMEOUT_MS),
            required_text=fields.text("qualityCheckRequiredText").strip(),
            min_length=fields.optional_number("qualityCheckMinLength", lowest=0),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        prompt = await asyncio.to_thread(self._prompt, received, context)
        reply = await self._reply(prompt, context)
        output = _output(reply, prompt, self.provider)
        return NodeOutput(data=output, produced=output, retry=self._retry(reply.text))

    def _prompt(self, received: JsonObject, context: NodeContext) -> Prompt:
        """In a thread: what is inserted can be many megabytes, and nothing else may wait for that."""
        return composed(interpolate_keeping(self.template, context.readable(received)), received)

    async def _reply(self, prompt: Prompt, context: NodeContext) -> ModelReply:
        system = [Message(role=Role.SYSTEM, text=self.system_prompt)] if self.system_prompt else []
        request = ModelRequest(
            provider=self.provider.value,
            model=self.model,
            messages=[*system, Message(role=Role.USER, text=prompt.text)],
            temperature=self.temperature,
            max_output_tokens=self.max_tokens,
            timeout=self.timeout_ms / 1000,
            passages=prompt.passages,
            attempt=context.attempt,
        )
        try:
            return await context.ask_model(owner_id=context.owner_id, request=request)
        except ModelFailed as failure:
            raise NodeFailed(str(failure)) from failure
        except DomainError as failure:
            raise NodeFailed(f"{PREFIX}{failure}") from failure

    def _retry(self, answer: str) -> RetryDirective | None:
        if self.required_text and self.required_text.lower() not in answer.lower():
            return RetryDirective(reason=f'The answer does not contain "{self.required_text}"')
        if self.min_length is not None and code_units(answer) < self.min_length:
            wanted = number_text(self.min_length)
            return RetryDirective(reason=f"The answer has {code_units(answer)} characters, wanted are {wanted}")
        return None


def _provider(fields: ConfigReader) -> Provider:
    """In any case."""
    named = fields.text("provider", required=True).strip().lower()
    if named and named not in list(Provider):
        fields.fault("provider", "unknown_choice", f'"provider" must be one of {", ".join(Provider)}')
    return Provider(named) if named in list(Provider) else Provider.EXTRACTIVE


def _output(reply: ModelReply, prompt: Prompt, wanted: Provider) -> JsonObject:
    """`requestedProvider`, `warnings` and `knowledge` are there only when there is something to tell."""
    return {
        "content": reply.text,
        "usage": {
            "promptTokens": reply.usage.prompt_tokens,
            "completionTokens": reply.usage.completion_tokens,
            "totalTokens": reply.usage.total_tokens,
            **({"estimated": True} if reply.usage.estimated else {}),
        },
        "model": reply.model,
        "provider": reply.provider,
        "finishReason": reply.finish_reason.value,
        **({"requestedProvider": wanted.value} if reply.provider != wanted.value else {}),
        **({"warnings": [*reply.warnings]} if reply.warnings else {}),
        **({"knowledge": prompt.knowledge.described()} if prompt.knowledge else {}),
    }
