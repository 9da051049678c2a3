"""An explanation as a person reads it: one sentence for each thing that happened, and what stands behind it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from domain.executions.explanation import Entry, Explanation, Lookup, UsedKnowledge
from domain.executions.showing import LONGEST_VALUE, shown_text
from domain.executions.wording import duration_text

_SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "completed": ("✓", "green"),
    "failed": ("✗", "red"),
    "skipped": ("-", "dim"),
    "ready": ("→", "blue"),
    "waiting": ("·", "dim"),
}


def print_explanation(console: Console, told: Explanation) -> None:
    console.print(f"{told.workflow_name}, run {told.execution_id}: {told.status.value}", style="bold", markup=False)
    console.print(told.summary, markup=False)
    for entry in told.entries:
        sign, style = _SIGNS[entry.status]
        console.print()
        console.print(Text(f"{sign} {entry.place}. {entry.summary}", style))
        for line in _details(entry):
            console.print(Text(f"     {line}", "dim"))


def _details(entry: Entry) -> Iterator[str]:
    """What the sentence leaves out."""
    if len(entry.because) > 1:
        yield from (f"{each.outcome.value}: {each.summary}" for each in entry.because)
    if entry.waiting.waited_ms:
        yield f"waited {duration_text(entry.waiting.waited_ms)} before it began"
    if len(entry.attempts) > 1:
        for tried in entry.attempts:
            why = f": {shown_text(tried.reason, most=LONGEST_VALUE)}" if tried.reason else ""
            yield f"attempt {tried.number} {tried.status.value} after {duration_text(tried.duration_ms)}{why}"
        yield f"{duration_text(entry.waiting.between_attempts_ms)} between attempts"
    yield from map(_lookup, entry.retrievals)
    if entry.knowledge is not None:
        yield from _chunks(entry.knowledge)


def _lookup(each: Lookup) -> str:
    found = each.error if each.error is not None else f"{each.matches} found"
    return f"looked up {each.query!r} with {each.retriever_key}: {found}, {duration_text(each.duration_ms)}"


def _chunks(knowledge: UsedKnowledge) -> Sequence[str]:
    verb = "prompt used" if knowledge.in_prompt else "was given"
    return [
        f"{verb} [{each.number}] {each.title or 'untitled'}, chunk {each.chunk_id}"
        + ("" if each.score is None else f" (score {each.score:.4f})")
        for each in knowledge.chunks
    ]
