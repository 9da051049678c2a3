"""What is analysed once is not analysed again, and nothing else changes."""

from adapters.language.remembering_analyzer import RememberingAnalyzer
from adapters.language.snowball_analyzer import SnowballAnalyzer
from application.ports.text_analyzer import Analysis, TextAnalyzer


class Counting(SnowballAnalyzer):
    def __init__(self) -> None:
        self.analysed: list[str] = []

    def document(self, text: str) -> Analysis:
        self.analysed.append(text)
        return super().document(text)


def test_analyses_a_text_once() -> None:
    plain, counting = SnowballAnalyzer(), Counting()
    analyzer: TextAnalyzer = RememberingAnalyzer(counting)
    for text in ("Rye rises", "Spelt rises", "Rye rises"):
        assert analyzer.document(text) == plain.document(text)
    assert counting.analysed == ["Rye rises", "Spelt rises"]


def test_reads_queries_as_it_would_anyway() -> None:
    plain = SnowballAnalyzer()
    analyzer: TextAnalyzer = RememberingAnalyzer(plain)
    assert analyzer.query("the rising loaves", ["english"]) == plain.query("the rising loaves", ["english"])
    assert analyzer.languages_of("the rising loaves", ["english"]) == plain.languages_of(
        "the rising loaves", ["english"]
    )
    assert analyzer.title("Rising loaves", "english") == plain.title("Rising loaves", "english")
