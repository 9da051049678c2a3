"""A model that says what it was told to say."""

from application.ports.language_model import FinishReason, ModelReply, ModelRequest, Usage
from domain.models.errors import ModelFailed


class FakeLanguageModel:
    """Gives the prepared answers in turn, the last one for ever; a prepared failure is raised instead.

    Without any it repeats the last message. Words count as tokens.
    """

    def __init__(self, *answers: str | ModelFailed) -> None:
        self._answers = list(answers)
        self.asked: list[ModelRequest] = []

    def says(self, *answers: str | ModelFailed) -> None:
        """From now on."""
        self._answers = list(answers)

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        answer = self._next(request)
        if isinstance(answer, ModelFailed):
            raise answer
        prompt = sum(len(each.text.split()) for each in request.messages)
        completion = len(answer.split())
        return ModelReply(
            text=answer,
            model=request.model,
            provider=request.provider,
            usage=Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion),
            finish_reason=FinishReason.STOP,
        )

    def _next(self, request: ModelRequest) -> str | ModelFailed:
        if not self._answers:
            return request.messages[-1].text
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
