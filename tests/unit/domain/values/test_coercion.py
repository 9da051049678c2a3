"""Conversions between types, against what JavaScript answers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.coercion import (
    code_units,
    is_truthy,
    lenient_bool,
    number_of,
    number_text,
    numeric,
    text_of,
    trimmed,
)
from domain.values.json import UNDEFINED, Json, MaybeJson

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "-1"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1 / 3, "0.3333333333333333"),
        (123.456, "123.456"),
        (100.0, "100"),
        (123456789012345680000.0, "123456789012345680000"),
        (999999999999999900000.0, "999999999999999900000"),
        (1e21, "1e+21"),
        (1.5e21, "1.5e+21"),
        (-2.5e25, "-2.5e+25"),
        (1e-6, "0.000001"),
        (-1e-6, "-0.000001"),
        (0.000001234, "0.000001234"),
        (1e-7, "1e-7"),
        (-1e-7, "-1e-7"),
        (1.25e-7, "1.25e-7"),
        (123e-20, "1.23e-18"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_writes_numbers_as_javascript_does(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (7, "7"),
        (-7, "-7"),
        (9007199254740993, "9007199254740993"),
        (10**21, "1e+21"),
        (10**400, "Infinity"),
        (-(10**400), "-Infinity"),
    ],
)
def test_keeps_the_digits_of_integers_up_to_where_javascript_writes_exponents(number: int, text: str) -> None:
    assert number_text(number) == text


@given(FINITE)
def test_a_written_number_reads_back_as_itself(number: float) -> None:
    assert float(number_text(number)) == number
    assert number_of(number_text(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0.0),
        (" \t\n", 0.0),
        ("1", 1.0),
        ("-1", -1.0),
        ("+1", 1.0),
        (" 1 ", 1.0),
        ("\ufeff1", 1.0),
        ("\u00a01\u3000", 1.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("0010", 10.0),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("1e-3", 0.001),
        ("1e1000", math.inf),
        ("0x1F", 31.0),
        ("0XfF", 255.0),
        ("0b101", 5.0),
        ("0O17", 15.0),
        ("Infinity", math.inf),
        ("+Infinity", math.inf),
        ("-Infinity", -math.inf),
    ],
)
def test_reads_texts_that_javascript_takes_for_numbers(text: str, number: float) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    "text",
    [
        ".",
        "1e",
        "e1",
        "0x",
        "-0x1",
        "0b2",
        "0o8",
        "00x1",
        "infinity",
        "INF",
        "nan",
        "NaN",
        "1_000",
        "1,5",
        "1 2",
        "1n",
        "true",
        "--1",
        "1.2.3",
        "\u0661",
        "\x1c1",
        "\x851",
    ],
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert math.isnan(number_of(text))


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (None, 0.0),
        (True, 1.0),
        (False, 0.0),
        ([], 0.0),
        ([5], 5.0),
        (["5"], 5.0),
        ([[7]], 7.0),
        ([None], 0.0),
        (10**400, math.inf),
    ],
)
def test_reads_numbers_in_what_is_no_text(value: Json, number: float) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize("value", [UNDEFINED, {}, [1, 2], ["a"], [True]])
def test_finds_no_number_in_structures_and_in_nothing(value: MaybeJson) -> None:
    assert math.isnan(number_of(value))


def test_a_long_run_of_digits_that_is_no_number_is_read_once() -> None:
    assert math.isnan(number_of("1" * 1_000_000 + "x"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (UNDEFINED, "undefined"),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        ("as is ", "as is "),
        (2.0, "2"),
        ([], ""),
        ([1, [2, [3, None]], {"a": 1}, True, "x"], "1,2,3,,[object Object],true,x"),
        ({"a": 1}, "[object Object]"),
    ],
)
def test_writes_values_as_javascript_does(value: MaybeJson, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), (2.5, 2.5), ("10", 10), (" 2.50 ", 2.5), ("1e3", 1000), ("0x10", 16)],
)
def test_numeric_takes_numbers_and_texts_that_spell_them(value: Json, number: float) -> None:
    assert numeric(value) == number


@pytest.mark.parametrize(
    "value", [UNDEFINED, None, True, False, "", " ", "ten", "Infinity", "NaN", "1e999", [], [5], {}]
)
def test_numeric_takes_nothing_else(value: MaybeJson) -> None:
    assert numeric(value) is None


def test_whole_numbers_in_texts_become_integers() -> None:
    assert isinstance(numeric("3600000"), int)


@pytest.mark.parametrize("value", [True, "true", "TRUE", " True "])
def test_lenient_true(value: Json) -> None:
    assert lenient_bool(value, default=False) is True


@pytest.mark.parametrize("value", [False, "false", "False"])
def test_lenient_false(value: Json) -> None:
    assert lenient_bool(value, default=True) is False


@pytest.mark.parametrize("value", [UNDEFINED, None, 1, 0, "", "yes", "1", [], {}])
def test_what_is_no_boolean_is_the_default(value: MaybeJson) -> None:
    assert lenient_bool(value, default=True) is True
    assert lenient_bool(value, default=False) is False


@pytest.mark.parametrize("value", [UNDEFINED, None, False, 0, 0.0, -0.0, math.nan, ""])
def test_nothing_null_false_zero_and_empty_text_are_not_truthy(value: MaybeJson) -> None:
    assert not is_truthy(value)


@pytest.mark.parametrize("value", [True, 1, -1, 0.1, " ", "0", "false", [], {}])
def test_all_else_is_truthy(value: MaybeJson) -> None:
    assert is_truthy(value)


def test_trims_javascripts_blanks_and_no_others() -> None:
    assert trimmed("\ufeff\u2003 a b \r\n\u3000") == "a b"
    assert trimmed("\x85a\x1c") == "\x85a\x1c"


@given(st.text())
def test_trimming_twice_changes_nothing_more(text: str) -> None:
    assert trimmed(trimmed(text)) == trimmed(text)


def test_counts_as_javascript_counts() -> None:
    assert code_units("naïve") == 5
    assert code_units("🙂!") == 3
    assert code_units("\ud83d") == 1
