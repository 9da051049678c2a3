"""Answers without a model: quotes the sentences of the given context that fit the question best."""

import asyncio
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from adapters.models.prompt_parts import PromptParts, parts_of
from adapters.models.quoting import MOST_QUOTES, Quote, fitting, leading
from application.ports.language_model import FinishReason, ModelReply, ModelRequest, Passage, Role, Usage
from domain.models.provider import Provider

MOST_CHARACTERS: Final = 400_000
"""Of a longer prompt only the two ends are looked at: what is asked stands in front or last."""

NOTHING_GIVEN: Final = "No model was used, and the prompt gives no text to quote from."
NOTHING_FITS: Final = "No model was used, and no sentence of the context fits the question."

_QUOTED: Final = "No model was used: the answer quotes the sentences of the context that fit the question best."
_BEGINNING: Final = "No model was used: nothing was asked about the context, so the answer quotes its beginning."
_ECHOED: Final = "No model was used and there is no context: the answer is the question itself."
_NO_JSON: Final = "The prompt speaks of JSON, which quoting cannot give."
_JSON: Final = re.compile(r"\bJSON\b")


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    warning: str


class Extractive:
    """Needs no key and no network, and gives the same answer to the same prompt always.

    Asked again because the answer was not good enough, it quotes more each time, and is less picky. The last message
    of a user counts. What it does with prompts of each kind:

    - Question and context: up to four sentences, verbatim and in their order, each followed by the number of its
      source, such as [1], where the context is numbered. Plans, summaries and earlier answers in the prompt are
      neither asked nor quoted.
    - Question and context that do not fit, or retrieval that found nothing: says so, in fewer than 100 characters, so
      that an evaluation by length sends the run on to a second retrieval.
    - Context and an instruction (synthesise, extract, summarise): sentences that fit the instruction, else the first
      ones.
    - A labelled question where nothing was retrieved (plan, hypothesis): the question, unchanged, so that a search
      for the answer searches for the question.
    - Anything else (write, translate, choose a route, grade): says that there is nothing to quote from. It never
      answers with a verdict of its own; one that the context spells out may be quoted.

    One prompt is answered at a time, in a thread of its own: many at once would only take the processor from everybody
    else, and no threads that others wait for.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="extractive")

    async def complete(self, request: ModelRequest) -> ModelReply:
        prompt = next((each.text for each in reversed(request.messages) if each.role is Role.USER), "")
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._thread, _answer, _ends(prompt), request.passages, request.attempt)
        warnings = (answer.warning, _NO_JSON) if _JSON.search(prompt) else (answer.warning,)
        return ModelReply(
            text=answer.text,
            model=Provider.EXTRACTIVE.model_for(""),
            provider=Provider.EXTRACTIVE.value,
            usage=Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0),
            finish_reason=FinishReason.STOP,
            warnings=warnings,
        )


def _ends(prompt: str) -> str:
    half = MOST_CHARACTERS // 2
    return prompt if len(prompt) <= MOST_CHARACTERS else f"{prompt[:half]}\n\n{prompt[-half:]}"


def _answer(prompt: str, retrieved: Sequence[Passage] | None, attempt: int) -> _Answer:
    parts = parts_of(prompt)
    passages = [*(parts.retrieved if retrieved is None else retrieved), *parts.given]
    if not passages:
        return _without_context(parts, was_searched=retrieved is not None)
    quotes = fitting(parts.question, passages, most=MOST_QUOTES * attempt, picky=attempt == 1)
    if quotes:
        return _Answer(_rendered(quotes), _QUOTED)
    if parts.is_explicit:
        return _Answer(NOTHING_FITS, NOTHING_FITS)
    return _Answer(_rendered(leading(passages, most=MOST_QUOTES * attempt)) or NOTHING_GIVEN, _BEGINNING)


def _without_context(parts: PromptParts, *, was_searched: bool) -> _Answer:
    if parts.is_labelled and not was_searched:
        return _Answer(parts.question, _ECHOED)
    return _Answer(NOTHING_GIVEN, NOTHING_GIVEN)


def _rendered(quotes: list[Quote]) -> str:
    return " ".join(each.text if each.number is None else f"{each.text} [{each.number}]" for each in quotes)
