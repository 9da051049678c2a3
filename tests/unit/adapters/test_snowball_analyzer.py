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
        ("Garden hoe", "english"),
        ("Delivery van inspections", "english"),
        ("A die, a hat, a door; word for word, men!", "english"),
        ("die die die die die", "english"),
        ("Schrödinger equation", "english"),
        ("Los Angeles, El Paso", "english"),
        ("Fahrräder für Kinder", "german"),
        ("Häuser, Gärten", "german"),
        ("Det er ikke sandt", "danish"),
        ("بر الأمان", "arabic"),
        ("الشمس و القمر", "arabic"),
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
        ("والمدرسة كبيرة", "للمدرسة"),
        ("إدارة المستشفى", "الادارة مستشفي"),
        ("الْمَدْرَسَةُ الكـــبيرة", "مدرسه كبيرة"),
        ("قرآن", "القران"),
        ("والدين", "الوالدين"),
        ("معلمات", "المعلم"),
        ("دم", "بالدم والدم"),
        ("سنة ٢٠٢٤", "2024"),
        ("Fähren und Straßen", "Faehre Strasse"),
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
    assert ANALYZER.query("the fox of and", ["english"]) == [("fox",)]


def test_stop_words_are_looked_for_where_there_is_nothing_else() -> None:
    assert ANALYZER.query("the who", ["english"]) == [("the",), ("who",)]
    assert ANALYZER.query("der", ["german"]) == [("der",)]
    assert ANALYZER.query("من هو", ["arabic"]) == [("من",), ("هو",)]
    assert list(ANALYZER.title("The Who", "english")) == ["the", "who"]


def test_a_query_that_shows_no_language_is_read_in_all_that_there_are() -> None:
    assert [set(readings) for readings in ANALYZER.query("Häuser", ["english", "german"])] == [{"häuser", "haus"}]
    assert ANALYZER.languages_of("Häuser", ["german", "english"]) == ["german", "english"]
    assert ANALYZER.languages_of("wo sind die Häuser", ["english"]) == ["german"]
    assert ANALYZER.languages_of("дома", ["english", "russian"]) == ["russian"]


HOMOGRAPHS = ["door", "hat", "van", "hoe", "son", "die", "men", "word", "comment", "pour", "sale", "den", "war", "plus"]


@pytest.mark.parametrize("word", HOMOGRAPHS)
@pytest.mark.parametrize(
    "languages", [["english"], ["dutch", "english", "french", "german", "romanian", "swedish"], []]
)
def test_a_word_that_says_something_is_no_stop_word_because_it_is_one_elsewhere(
    word: str, languages: list[str]
) -> None:
    (readings,) = ANALYZER.query(word, languages)
    assert {*ANALYZER.document(f"the {word} is there").terms} <= {*readings}
    assert ANALYZER.languages_of(word, languages) in (languages, ["english"])
    assert word in ANALYZER.document(word).terms


def test_a_query_is_read_only_in_languages_that_there_are_texts_in() -> None:
    assert ANALYZER.query("wo sind die Häuser", ["english"])[-1] == ("häuser",)
    assert ANALYZER.query("Häuser", ["german", "arabic"]) == [("haus",)]
    assert ANALYZER.query("Where are the houses?", ["german"])[-1] == ("hous",)
    assert ANALYZER.query("the engines", ["arabic", "none"]) == [("engin",)]


def test_a_query_that_shows_its_language_is_read_in_that_one_alone() -> None:
    languages = ["english", "french", "german"]
    assert ANALYZER.query("Wie lange sind die Fristen?", languages) == [("lang",), ("frist",)]
    assert ANALYZER.query("how does one cast a die", languages) == [("one",), ("cast",), ("die",)]
    assert ANALYZER.query("où sont les vendeurs", languages) == [("vendeur",)]


def test_a_query_that_hints_at_its_language_is_read_in_all_but_without_its_stop_words() -> None:
    languages = ["english", "french", "german"]
    assert [{*each} for each in ANALYZER.query("les parois d'un four", languages)] == [{"paroi", "parois"}, {"four"}]
    assert ANALYZER.query("van der Waals forces", languages)[0] == ("van",)


def test_the_usual_language_of_a_script_is_never_crowded_out() -> None:
    languages = [each for each in FUNCTION_WORDS if each != "english"] + ["english"]
    assert "hous" in ANALYZER.query("houses", languages)[0]


def test_what_has_no_stems_is_found_by_queries_that_do_not_show_it() -> None:
    written = ANALYZER.document("Вода для поливу і саду").terms  # noqa: RUF001
    assert all(set(readings) & set(written) for readings in ANALYZER.query("вода саду", ["none"]))


def test_a_title_is_read_in_the_language_of_its_text() -> None:
    assert list(ANALYZER.title("Garden hoes", "english")) == ["garden", "hoe"]
    assert list(ANALYZER.title("Mieterhöhungen", "german")) == ["mieterhoh"]
    assert list(ANALYZER.title("بر الأمان", "arabic")) == list(ANALYZER.document("بر الأمان").terms)
    assert list(ANALYZER.title("Windows Häuser", "arabic")) == ["window", "häuser"]
    assert list(ANALYZER.title("вода", "none")) == ["вода"]
    assert list(ANALYZER.title("東京", "none")) == list(ANALYZER.document("東京").terms)


def test_each_word_of_a_query_counts_once() -> None:
    assert len(ANALYZER.query("fox Fox foxes", ["english"])) == 1


@given(st.text())
def test_bears_any_text(text: str) -> None:
    analysis = ANALYZER.document(text)
    assert all(analysis.terms)
    assert all(len(term) <= 64 for term in analysis.terms)
    ANALYZER.query(text, [analysis.language])
    assert all(ANALYZER.title(text, analysis.language))


@pytest.mark.parametrize("language", FUNCTION_WORDS)
def test_function_words_are_found_as_they_stand_in_texts(language: str) -> None:
    listed = sorted(FUNCTION_WORDS[language])
    analysis = ANALYZER.document(" ".join(listed))
    assert analysis.language == language
    assert list(analysis.terms) == []
