"""Takes a written prompt apart: what is asked, and what is given to answer from.

Labels are lines such as `Question: …`, `Context:`, `## Retrieved knowledge` or a longer sentence that ends in a colon.
Retrieved knowledge is recognised by its numbered entries, `[1] title (score=0.1234)`, and from the first of them on
nothing is taken for a label, so that a document cannot pass for the question.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

from application.ports.language_model import Passage

_ENTRY: Final = re.compile(r"^\[\d{1,4}\] .{0,600}\(score=-?\d+(?:\.\d+)?\)[ \t]*$", re.MULTILINE)
_NUMBER: Final = re.compile(r"^\[(\d{1,4})\](?:[^\n]{0,600}\(score=-?[\d.]{1,20}\)[ \t]*$|[ \t]+)", re.MULTILINE)
_A_NUMBER: Final = re.compile(r"\[\d{1,4}\]")
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?！？。\n])")  # noqa: RUF001
_QUESTION_MARKS: Final = ("?", "？")  # noqa: RUF001
_LABEL: Final = re.compile(
    r"^(?P<mark>#{1,6}[ \t]+|[-=]{2,10}[ \t]+)?\**(?P<name>[^\W\d_][^\n:]{0,99}?)\**(?P<colon>:)?\**"
    r"(?:[ \t]+(?P<rest>[^\n]*))?$",
    re.MULTILINE,
)
_SHORT_NAME: Final = 4


class _Kind(Enum):
    """What follows a label, by the words in it; the first kind that knows a word wins."""

    QUESTION = "question query frage anfrage pregunta consulta requête domanda"
    CONTEXT = (
        "article content context contexte contexto chunks data document documents email evidence excerpt excerpts "
        "fact facts file information knowledge kontext material notes passage passages snippets source sources text "
        "ticket transcript wissen"
    )
    OTHER = (
        "answer conversation example examples feedback format history hypothesis instruction instructions memory "
        "output plan reply response rules summary"
    )
    PLAIN = ""

    def is_named_by(self, words: list[str]) -> bool:
        return not set(self.value.split()).isdisjoint(words)


@dataclass(frozen=True, slots=True)
class PromptParts:
    """`is_explicit` when the question carries a label or a question mark; else it is the whole instruction."""

    question: str
    is_labelled: bool
    is_explicit: bool
    given: tuple[Passage, ...]
    retrieved: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    kind: _Kind
    text: str


def parts_of(prompt: str) -> PromptParts:
    """Labels for plans, summaries, earlier answers and the like end a section; what they hold is neither part.

    A question that stands directly above the entries is what was searched for, and counts when nothing else is asked.
    """
    entry = _ENTRY.search(prompt)
    written, heading = _above_entries(prompt[: entry.start()]) if entry else (prompt, "")
    sections = list(_sections(written))
    labelled = _labelled_question(sections)
    instruction = " ".join(each.text for each in sections if each.kind is _Kind.PLAIN).strip()
    asked = labelled or _questions_in(instruction)
    searched = _labelled_question(list(_sections(heading)))
    return PromptParts(
        question=asked or searched or instruction,
        is_labelled=bool(labelled),
        is_explicit=bool(asked or searched),
        given=tuple(passage for each in sections if each.kind is _Kind.CONTEXT for passage in _numbered(each.text)),
        retrieved=tuple(_numbered(_without_note(prompt[entry.start() :]))) if entry else (),
    )


def _above_entries(head: str) -> tuple[str, str]:
    """What the author wrote, and the last paragraph, which belongs to the entries."""
    written, _, heading = head.rstrip().rpartition("\n\n")
    return written, heading


def _without_note(entries: str) -> str:
    """How many entries were left out stands last, on a line of its own, in brackets."""
    kept, _, last = entries.rstrip().rpartition("\n\n")
    is_note = last[:1] in ("(", "[", "…") and "\n" not in last and not _A_NUMBER.match(last)
    return kept if is_note else entries


def _questions_in(instruction: str) -> str:
    return "".join(each for each in _SENTENCE_ENDS.split(instruction) if each.endswith(_QUESTION_MARKS)).strip()


def _labelled_question(sections: list[_Section]) -> str:
    """A question in front is followed by documents that may hold questions of their own, one at the end is preceded by
    them. Its first paragraph counts; further ones are instructions."""
    labelled = [each for each in sections if each.kind is not _Kind.PLAIN]
    asked = [each.text for each in labelled if each.kind is _Kind.QUESTION and each.text]
    if not asked:
        return ""
    is_in_front = labelled[0].kind is not _Kind.CONTEXT
    return (asked[0] if is_in_front else asked[-1]).split("\n\n")[0].strip()


def _sections(text: str) -> Iterator[_Section]:
    found = [(0, 0, _Kind.PLAIN)]
    for label in _LABEL.finditer(text):
        kind = _kind(label)
        is_buried = found[-1][2] is _Kind.CONTEXT and not text.endswith("\n\n", 0, label.start())
        if kind is not _Kind.PLAIN and not is_buried:
            rest = label.start("rest") if label["colon"] and label["rest"] else label.end()
            found.append((label.start(), rest, kind))
    if len(found) == 1:
        found = _instruction_and_rest(text)
    ends = [*found, (len(text), len(text), _Kind.PLAIN)]
    for (_, begin, kind), (end, _, _) in pairwise(ends):
        yield _Section(kind, text[begin:end].strip())


def _instruction_and_rest(text: str) -> list[tuple[int, int, _Kind]]:
    """Without labels, what follows a paragraph that ends in a colon is what the instruction is about."""
    colon = re.search(r":[ \t]*\n", text)
    begin = colon.end() if colon else len(text)
    return [(0, 0, _Kind.PLAIN), (begin, begin, _Kind.CONTEXT)]


def _kind(label: re.Match[str]) -> _Kind:
    """A short name may stand before its text; a sentence is a label of context only when it ends the line."""
    if not (label["mark"] or label["colon"]):
        return _Kind.PLAIN
    words = re.findall(r"[^\W\d_]+", label["name"].lower())
    kinds = [kind for kind in _Kind if kind.is_named_by(words)]
    if not kinds:
        return _Kind.PLAIN
    if len(words) <= _SHORT_NAME or (kinds[0] is _Kind.QUESTION and label["rest"]):
        return kinds[0]
    return _Kind.CONTEXT if _Kind.CONTEXT in kinds and not label["rest"] else _Kind.PLAIN


def _numbered(text: str) -> Iterator[Passage]:
    marks = list(_NUMBER.finditer(text))
    before = text[: marks[0].start()] if marks else text
    if before.strip():
        yield Passage(text=before.strip())
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        if text[mark.end() : end].strip():
            yield Passage(text=text[mark.end() : end].strip(), number=int(mark[1]))
