"""Analyses once what is asked for twice: a chunk becomes a vector, and then terms."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

from application.ports.text_analyzer import Analysis, TextAnalyzer

REMEMBERED: Final = 512
"""A little more than what is embedded before it is published."""


class RememberingAnalyzer:
    def __init__(self, analyzer: TextAnalyzer) -> None:
        self._analyzer = analyzer
        self._document = lru_cache(maxsize=REMEMBERED)(analyzer.document)

    def document(self, text: str) -> Analysis:
        return self._document(text)

    def title(self, text: str, language: str) -> Sequence[str]:
        return self._analyzer.title(text, language)

    def query(self, text: str, languages: Collection[str]) -> Sequence[Collection[str]]:
        return self._analyzer.query(text, languages)

    def languages_of(self, query: str, languages: Collection[str]) -> Collection[str]:
        return self._analyzer.languages_of(query, languages)
