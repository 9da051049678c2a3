"""Who answers prompts."""

from enum import StrEnum
from typing import Final


class Provider(StrEnum):
    """`openai` is any server that speaks OpenAI's protocol; `extractive` needs neither key nor network."""

    GEMINI = "gemini"
    GROQ = "groq"
    OPENAI = "openai"
    EXTRACTIVE = "extractive"

    @property
    def label(self) -> str:
        """The name that people know."""
        return _LABELS[self]

    def model_for(self, wanted: str) -> str:
        """The model to ask for: blank means the provider's default, and retired names mean their successor."""
        name = wanted.strip()
        if self is Provider.GEMINI and name.lower().removeprefix("models/") in _RETIRED_GEMINIS:
            return _DEFAULTS[self]
        return name or _DEFAULTS[self]


_LABELS: Final = {
    Provider.GEMINI: "Gemini",
    Provider.GROQ: "Groq",
    Provider.OPENAI: "OpenAI",
    Provider.EXTRACTIVE: "Extractive",
}

_DEFAULTS: Final = {
    Provider.GEMINI: "gemini-2.0-flash",
    Provider.GROQ: "llama-3.3-70b-versatile",
    Provider.OPENAI: "gpt-4o-mini",
    Provider.EXTRACTIVE: "extractive-1",
}

_RETIRED_GEMINIS: Final = frozenset({"gemini-pro", "gemini-pro-vision", "gemini-ultra"})
