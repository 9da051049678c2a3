"""Reading JSON text."""

import pytest

from domain.values.json import Json, is_number, parsed


@pytest.mark.parametrize(
    ("text", "value"), [('{"a":[1,2.5,null]}', {"a": [1, 2.5, None]}), (" true ", True), ('"x"', "x")]
)
def test_reads_json(text: str, value: Json) -> None:
    assert parsed(text) == value


@pytest.mark.parametrize("text", ["", "{", "{'a':1}", "NaN", "-Infinity", "[1,]", "\ufeff1", "\u00a01", "[" * 100_000])
def test_refuses_what_javascript_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parsed(text)


def test_booleans_are_no_numbers() -> None:
    assert is_number(1)
    assert is_number(1.5)
    assert not is_number(True)
    assert not is_number("1")
