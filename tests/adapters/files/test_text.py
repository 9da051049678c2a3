"""Text is read in the encoding it was written in, and a guess is told."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.files.csv_file import read_csv
from adapters.files.text import decoded
from adapters.files.txt_file import read_txt
from domain.files.errors import FileUnreadable

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff")


@given(st.text(CHARACTERS, min_size=1), st.sampled_from(list(MARKS)))
def test_a_mark_tells_the_encoding_and_is_dropped(text: str, encoding: str) -> None:
    assert read_txt(MARKS[encoding] + text.encode(encoding)).value == text


def test_line_ends_stay_and_are_counted() -> None:
    content = read_txt("Grüße\r\nAda\r\n".encode())
    assert (content.value, content.row_count) == ("Grüße\r\nAda\r\n", None)
    assert content.preview == "2 lines, 12 characters"
    assert read_txt(b"x").preview == "1 line, 1 character"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("café", "latin-1"),
        ("Ünïcödé ÀÉÈ", "cp1252"),
        ("Grün;5\n" * 20_000, "cp1252"),
        ("plain line\n" * 20_000 + "Zoë, José", "cp1252"),
        ("Preis: 5 €, “billig”", "cp1252"),
        ("Привет мир, как дела", "cp1251"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("Καλημέρα κόσμε", "cp1253"),
        ("こんにちは世界。日本語", "cp932"),
        ("姓名,年龄\n李雷,36", "gb18030"),
        ("이름,나이\n철수,36", "cp949"),
        ("name,age\nAda,36\n", "utf-16-le"),
        ("name,age\nAda,36\n", "utf-16-be"),
        ("Привет мир\nи всем", "utf-16-le"),
        ("name,age\n", "utf-32-le"),
    ],
)
def test_an_encoding_that_nothing_tells_is_guessed_aloud(text: str, encoding: str) -> None:
    content = read_txt(text.encode(encoding))
    assert content.value == text
    assert "; read as " in content.preview
    assert "save as UTF-8 if letters look wrong" in content.preview


def test_a_table_may_be_in_any_encoding() -> None:
    content = read_csv("stadt;größe\nKöln;5\n".encode("cp1252"))
    assert content.value == [{"stadt": "Köln", "größe": "5"}]
    assert content.preview == "1 row, 2 columns (stadt, größe); read as cp1252, save as UTF-8 if letters look wrong"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (b"first line\nsecond \0 line", "Line 2 holds a NUL character"),
        (b"a\0b", "holds NUL bytes"),
        ("ok\0".encode("utf-16"), "Line 1 holds a NUL character"),
        (codecs.BOM_UTF16_LE + b"a", "says that it is UTF-16-LE but is damaged at byte 3"),
        (codecs.BOM_UTF8 + b"ab\xff", "says that it is UTF-8 but is damaged at byte 6"),
        (bytes(range(1, 32)) * 20, "not text"),
        (bytes(range(256)) * 20, "not text"),
        (bytes(range(128, 256)) * 5, "not text"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF; choose the format pdf"),
        (b"PK\x03\x04\x14\0\x06\0", "an Excel workbook, Word document or ZIP archive"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
    ],
)
def test_what_is_no_text_is_refused_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        decoded(content)


@given(st.binary(max_size=200))
def test_whatever_it_is_it_is_text_or_refused(content: bytes) -> None:
    with suppress(FileUnreadable):
        text = decoded(content).text
        assert "\0" not in text
        assert text.encode()
