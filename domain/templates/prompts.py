"""Rules for answers that several templates share, one paragraph each. Retrieved passages follow the prompt by
themselves, numbered from [1]."""

from typing import Final

GROUNDED: Final = (
    "Rely on the numbered passages alone, not on what you know otherwise. End each statement with the number of the "
    "passage that supports it, such as [1] or [2][3], and use no number that is not there."
)

HONEST: Final = (
    "Where the passages do not hold the answer, or where there are none, say in one sentence that they do not and "
    "what is missing. Where they contradict each other, say so and cite both. Never fill a gap with a guess."
)


def prompt(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def asked(question: str) -> str:
    """The question itself, under its label."""
    return f"Question: {question}"


def shown(label: str, placeholder: str) -> str:
    """Something that an earlier node made, under a label."""
    return f"{label}:\n{{{{{placeholder}}}}}"
