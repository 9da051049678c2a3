"""What a model is asked: the filled template, and below it what the input brings along for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.nodes.prompt_file import file_section
from application.nodes.prompt_knowledge import PromptKnowledge, prompt_knowledge
from application.ports.language_model import Passage
from domain.executions.rerun import RETRY_KEY
from domain.values.json import UNDEFINED, JsonObject, as_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """`knowledge` is None when nothing was retrieved, which is something else than that nothing was found."""

    text: str
    knowledge: PromptKnowledge | None

    @property
    def passages(self) -> Sequence[Passage] | None:
        return None if self.knowledge is None else self.knowledge.passages


def composed(filled: str, received: JsonObject) -> Prompt:
    """The template's text, then the complaint about an earlier answer, the file, and what was retrieved."""
    knowledge = prompt_knowledge(received.get("_knowledge", UNDEFINED))
    sections = [filled, _complaint(received), file_section(received), knowledge.section if knowledge else ""]
    return Prompt(text="\n\n".join(each for each in sections if each), knowledge=knowledge)


def _complaint(received: JsonObject) -> str:
    reason = as_object(received.get(RETRY_KEY)).get("reason")
    if not isinstance(reason, str) or not reason:
        return ""
    said = " ".join(reason.split())
    return f"Feedback: an earlier answer was rejected ({said}). Give a better one."
