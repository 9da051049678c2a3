"""Texts become terms, each language in its own way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.language.function_words import FUNCTION_WORDS
from adapters.language.snowball_analyzer import SnowballAnalyzer

ANALYZER = SnowballAnalyzer()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The engine was running, and it did not stop.", "english"),
        ("Der Motor lief und blieb nicht stehen.", "german"),
        ("Le moteur ne s'est pas arrêté dans la nuit.", "french"),
        ("El motor no se detuvo en toda la noche.", "spanish"),
        ("Il motore non si è fermato per tutta la notte.", "italian"),
        ("O motor não parou durante a noite.", "portuguese"),
        ("De motor bleef de hele nacht niet stil staan, maar het licht wel.", "dutch"),
        ("Motorn stannade inte, och det var inte bra.", "swedish"),
        ("Silnik nie zatrzymał się przez całą noc.", "polish"),
        ("Motor gece boyunca durmadı ve ışık için bir şey yok.", "turkish"),  # noqa: RUF001
        ("Двигатель не остановился, и это было хорошо.", "russian"),
        ("لم يتوقف المحرك في الليل", "arabic"),
        ("موتور در شب نمی‌ایستد و این خوب است", "persian"),
        ("Ο κινητήρας δεν σταμάτησε τη νύχτα.", "greek"),  # noqa: RUF001
        ("इंजन रात में नहीं रुका", "hindi"),
        ("東京の天気は晴れ", "none"),
        ("Двигун не зупинився вночі, і це добре.", "none"),  # noqa: RUF001
        ("wing flutter", "english"),
        ("12 %", "english"),
        ("", "none"),
    ],
)
def test_tells_the_language(text: str, language: str) -> None:
    assert ANALYZER.document(text).language == language


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The engines were running.", "running engine"),
        ("Die Häuser und die Gärten sind schön.", "Haus"),
        ("Les vendeurs sont dans les marchés.", "vendeur marché"),
        ("Мы видели книги на столе, и это было хорошо.", "книга стол"),
        ("والمدارس كبيرة في هذه المدينة", "مدينة"),
        ("l'avion de la compagnie", "avion"),
        ("ΟΔΟΣ στην πόλη", "οδός"),
        ("東京都の天気", "天気"),
        ("กรุงเทพมหานคร", "เทพ"),
        ("서울의 날씨", "날씨"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width"),  # noqa: RUF001
        ("snake_case and error-code E42", "case e42"),
    ],
)
def test_finds_the_words_of_a_query_in_other_forms(text: str, query: str) -> None:
    analysis = ANALYZER.document(text)
    wanted = ANALYZER.query(query, [analysis.language])
    assert wanted
    assert all(set(readings) & set(analysis.terms) for readings in wanted)


def test_stop_words_are_no_terms() -> None:
    assert list(ANALYZER.document("to be or not to be").terms) == []
    assert ANALYZER.query("the of and", ["english"]) == []


def test_a_query_that_shows_no_language_is_read_in_all_that_there_are() -> None:
    assert [set(readings) for readings in ANALYZER.query("Häuser", ["english", "german"])] == [{"häuser", "haus"}]
    assert ANALYZER.languages_of("Häuser", ["german", "english"]) == ["german", "english"]
    assert ANALYZER.languages_of("wo sind die Häuser", ["english"]) == ["german"]
    assert ANALYZER.languages_of("дома", ["english", "russian"]) == ["russian"]


def test_each_word_of_a_query_counts_once() -> None:
    assert len(ANALYZER.query("fox Fox foxes", ["english"])) == 1


@given(st.text())
def test_bears_any_text(text: str) -> None:
    analysis = ANALYZER.document(text)
    assert all(analysis.terms)
    assert all(len(term) <= 64 for term in analysis.terms)
    ANALYZER.query(text, [analysis.language])


@pytest.mark.parametrize("language", FUNCTION_WORDS)
def test_function_words_are_found_as_they_stand_in_texts(language: str) -> None:
    listed = sorted(FUNCTION_WORDS[language])
    analysis = ANALYZER.document(" ".join(listed))
    assert analysis.language == language
    assert list(analysis.terms) == []
