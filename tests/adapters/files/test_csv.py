"""Tables come out as they were put in, whoever wrote the csv."""

import csv
import io
from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.files.csv_delimiter import delimited
from adapters.files.csv_file import read_csv
from adapters.files.csv_header import column_names
from adapters.files.csv_rows import rows
from domain.files.errors import FileUnreadable
from domain.values.json import Json

DELIMITERS = st.sampled_from(",;|\t")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TRIMMED = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r"), max_size=12).map(
    str.strip
)


def tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width).filter(any), min_size=1, max_size=6)
    )


def as_csv(table: list[list[str]], delimiter: str, *, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=quoting).writerows(table)
    return file.getvalue()


def values(text: str) -> Json:
    return read_csv(text.encode()).value


@given(tables(TEXTS), DELIMITERS)
def test_quoted_cells_come_out_to_the_last_blank(table: list[list[str]], delimiter: str) -> None:
    assert list(rows(as_csv(table, delimiter, quoting=csv.QUOTE_ALL), delimiter)) == table


@given(tables(TRIMMED), DELIMITERS)
def test_finds_the_delimiter_that_the_header_has(table: list[list[str]], delimiter: str) -> None:
    header = [f"h{at}" for at in range(len(table[0]))]
    found = values(as_csv([header, *table], delimiter))
    assert found == [dict(zip(header, row, strict=True)) for row in table]


@given(st.text('ab",\n\r', max_size=40))
def test_reads_what_python_reads(text: str) -> None:
    expected = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    with suppress(FileUnreadable):
        assert list(rows(text, ",")) == expected


def test_says_rows_columns_and_names() -> None:
    content = read_csv(b'name,age\n"Lovelace, Ada",36\nGrace,85\n')
    assert content.value == [{"name": "Lovelace, Ada", "age": "36"}, {"name": "Grace", "age": "85"}]
    assert content.row_count == 2
    assert content.preview == "2 rows, 2 columns (name, age)"


def test_a_header_alone_has_no_rows() -> None:
    content = read_csv(b"\n  \r\nname,age\r\n\r\n")
    assert (content.value, content.row_count) == ([], 0)


def test_blanks_count_inside_quotes_only() -> None:
    assert values('a , b\n  1 , " 2 " \n') == [{"a": "1", "b": " 2 "}]
    assert values('a\tb\n"\t1"\t " 2" \n') == [{"a": "\t1", "b": " 2"}]


def test_quotes_hold_line_ends_and_doubled_quotes() -> None:
    assert values('a,b\r\n"one\r\ntwo","say ""hi"""\r\n5" pipe,"x"y\r\n') == [
        {"a": "one\r\ntwo", "b": 'say "hi"'},
        {"a": '5" pipe', "b": "xy"},
    ]


def test_missing_cells_are_blank_and_others_are_dropped_aloud() -> None:
    content = read_csv(b"a,b\n1\n1,2,3,4\n")
    assert content.value == [{"a": "1", "b": ""}, {"a": "1", "b": "2"}]
    assert content.preview == "2 rows, 2 columns (a, b); 2 cells beyond the header dropped"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(line_end: str) -> None:
    assert values(line_end.join(["a,b", "1,2", "", "3,4"])) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2", ","),
        ("a;b\n1;2", ";"),
        ("a\tb\n1\t2", "\t"),
        ("a|b\n1|2", "|"),
        ("a\n1;2", ","),
        ("a;b,c\n", ","),
        ("a;b;c,d\n", ";"),
        ("a;b\n1,5;2,5\n3,5;4,5", ";"),
        ("a,b;c\n1,2\n3,4", ","),
        ("a;last, first\n1;Ada\n2;Hopper, Grace", ";"),
        ('"a\tb",c\n1,2', ","),
        ('"a;b;c",d\n1,2', ","),
        ("a,\tb\n1,2\n3,4", ","),
        ("a\tb,c,d\n1\t2", "\t"),
        ("id,text\n1,hello, world\n2,a|b", ","),
        ("a,b,c\n1,2\n1", ","),
        ("a;b\n1;x\n2;,,,,,,", ";"),
        ("", ","),
    ],
)
def test_the_delimiter_is_what_splits_rows_like_the_header(text: str, delimiter: str) -> None:
    assert delimited(text) == (delimiter, 0)


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=; "])
def test_excel_may_say_the_delimiter(first: str) -> None:
    assert values(f"{first}\r\na,b;c\r\n1,2;3\r\n") == [{"a,b": "1,2", "c": "3"}]
    assert values(f"{first}\r\nonly\r\n1\r\n") == [{"only": "1"}]


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["a", "a", "a"], ["a", "a_2", "a_3"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["a_2", "a", "a", "a_2"], ["a_2", "a", "a_3", "a_2_2"]),
        (["a", "b", ""], ["a", "b", "column_3"]),
        (["", "column_1", ""], ["column_1_2", "column_1", "column_3"]),
    ],
)
def test_columns_keep_apart(header: list[str], names: list[str]) -> None:
    assert column_names(header) == names


@given(st.lists(st.sampled_from(["", "a", "a_2", "a_3", "a_2_2", "column_1", "column_2", "column_2_2"]), max_size=9))
def test_no_two_columns_share_a_name_and_none_has_none(header: list[str]) -> None:
    names = column_names(header)
    assert len(set(names)) == len(header)
    assert all(names)
    assert set(header) - {""} <= set(names)


@pytest.mark.parametrize(
    ("text", "line"),
    [('a,b\n1,"2\n3,4\n', 2), ('sep=;\n"a;b\n', 2), ('a\r\n"x\r\ny"\r\n"z', 4), ('a,b\n"1""', 2)],
)
def test_a_quote_that_never_closes_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(FileUnreadable, match=rf"opens in line {line} never closes"):
        read_csv(text.encode())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \n\t\n", "only blank lines"),
        ("a," * 2000 + "a", "has 2001 columns; at most 2000"),
        ("a\n" + "1\n" * 500_001, "more than 500000 rows, the most that can be read with 1 column "),
        ("a," * 999 + "a\n" + "1\n" * 2001, "more than 2000 rows, the most that can be read with 1000 columns"),
        ("a" * 1_000_000 + "\n" + "1\n" * 51, "more than 50 rows, the most that can be read with 1 column "),
    ],
)
def test_what_is_too_large_or_nothing_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        read_csv(text.encode())


def test_the_preview_stays_short() -> None:
    preview = read_csv(("column name," * 500 + "x\n").encode()).preview
    assert len(preview) < 400
    assert "…" in preview
