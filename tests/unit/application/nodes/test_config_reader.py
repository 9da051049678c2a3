from enum import StrEnum

import pytest

from application.nodes.config_reader import ConfigReader
from domain.values.json import UNDEFINED, Json


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def _read(value: Json) -> ConfigReader:
    return ConfigReader({"x": value})


def _codes(fields: ConfigReader) -> list[str]:
    assert all(fault.path == ("x",) for fault in fields.faults)
    return [fault.code for fault in fields.faults]


@pytest.mark.parametrize("value", [None, "", " \n"])
def test_null_and_blank_text_are_the_default_everywhere(value: Json) -> None:
    fields = _read(value)
    assert fields.text("x", default="d") == "d"
    assert fields.choice("x", Colour, default=Colour.RED) is Colour.RED
    assert fields.flag("x", default=True) is True
    assert fields.number("x", default=3) == 3
    assert fields.optional_number("x") is None
    assert fields.texts("x") is None
    assert fields.named_texts("x") is None
    assert fields.schema("x") is None
    assert fields.faults == []


def test_text_is_kept_as_stored() -> None:
    assert _read(" a ").text("x") == " a "
    assert _read(" ").verbatim("x") == " "
    assert _read(None).verbatim("x") == ""


def test_raw_tells_null_from_absent() -> None:
    assert _read(None).raw("x") is None
    assert _read(None).raw("y") is UNDEFINED


@pytest.mark.parametrize(("value", "number"), [(5, 5), ("5", 5), (" 5.5 ", 5.5), ("1e1", 10)])
def test_numbers_may_be_texts(value: Json, number: float) -> None:
    assert _read(value).number("x", default=0, lowest=5, highest=10) == number


def test_numbers_outside_their_limits_are_faults_that_name_them() -> None:
    fields = _read("11")
    assert fields.number("x", default=7, lowest=5, highest=10) == 7
    assert [fault.message for fault in fields.faults] == ['"x" must be between 5 and 10']


@pytest.mark.parametrize("value", [["a", "b"], "a,b", " a , b ,", ["a ", "", " b"]])
def test_lists_may_be_texts_with_commas(value: Json) -> None:
    assert _read(value).texts("x") == ["a", "b"]


def test_an_empty_list_is_not_absent() -> None:
    assert _read([]).texts("x") == []
    assert _read([]).choices("x", Colour) == []


def test_choices_keep_their_order_and_repetitions() -> None:
    assert _read("blue,red,blue").choices("x", Colour) == [Colour.BLUE, Colour.RED, Colour.BLUE]


def test_each_unknown_choice_is_a_fault_of_its_own() -> None:
    fields = _read("green, red, pink")
    assert fields.choices("x", Colour) == [Colour.RED]
    assert _codes(fields) == ["unknown_choice", "unknown_choice"]


def test_objects_may_be_json_texts() -> None:
    assert _read('{"a": "b"}').named_texts("x") == {"a": "b"}
    assert _read('{"a": 1}').schema("x") == {"a": 1}
    assert _read("true").schema("x") is True


@pytest.mark.parametrize(
    ("value", "code"),
    [("{", "not_json"), ("[1]", "wrong_type"), ([1], "wrong_type"), ("NaN", "not_json"), (3, "wrong_type")],
)
def test_what_is_no_object_is_a_fault(value: Json, code: str) -> None:
    fields = _read(value)
    assert fields.named_texts("x") is None
    assert fields.schema("x") is None
    assert _codes(fields) == [code, code]


@pytest.mark.parametrize("value", [1, [], {}, True])
def test_what_is_no_text_is_a_fault(value: Json) -> None:
    fields = _read(value)
    fields.text("x")
    fields.verbatim("x")
    assert _codes(fields) == ["wrong_type", "wrong_type"]


def test_each_value_that_is_no_text_is_a_fault_with_its_own_path() -> None:
    fields = _read({"a": "b", "c": 1, "d": None})
    assert fields.named_texts("x") == {"a": "b"}
    assert [fault.path for fault in fields.faults] == [("x", "c"), ("x", "d")]
