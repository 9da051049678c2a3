from enum import StrEnum
from uuid import UUID

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
    assert fields.optional_choice("x", Colour) is None
    assert fields.identifier("x") is None
    assert fields.whole("x", default=3, lowest=1, highest=5) == 3
    assert fields.section("x") is None
    assert fields.sections("x") == []
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


@pytest.mark.parametrize(
    ("value", "read", "codes"),
    [
        (4, 4, []),
        ("4", 4, []),
        (4.0, 4, []),
        ("4.0", 4, []),
        (4.5, 3, ["wrong_type"]),
        (9, 3, ["out_of_range"]),
        (0, 3, ["out_of_range"]),
        ([], 3, ["wrong_type"]),
    ],
)
def test_whole_numbers_are_whole(value: Json, read: int, codes: list[str]) -> None:
    fields = _read(value)
    number = fields.whole("x", default=3, lowest=1, highest=5)
    assert (number, type(number)) == (read, int)
    assert _codes(fields) == codes


@pytest.mark.parametrize(
    ("value", "is_read"),
    [
        ("018f0000-0000-7000-8000-00000000000a", True),
        (" 018F0000-0000-7000-8000-00000000000A ", True),
        ("018f00000000700080000000000000a", False),
        ("{018f0000-0000-7000-8000-00000000000a}", False),
        ("mine", False),
        (7, False),
    ],
)
def test_ids_are_uuids_in_their_usual_spelling(value: Json, is_read: bool) -> None:
    fields = _read(value)
    found = fields.identifier("x")
    assert found == (UUID("018f0000-0000-7000-8000-00000000000a") if is_read else None)
    assert _codes(fields) == ([] if is_read else ["bad_id"])


@pytest.mark.parametrize("value", [{"y": 1}, '{"y": 1}'])
def test_a_section_is_read_like_a_config_of_its_own(value: Json) -> None:
    fields = _read(value)
    section = fields.section("x")
    assert section is not None
    assert section.number("y", default=2) == 1
    section.number("y", default=2, lowest=5)
    [fault] = fields.faults
    assert (fault.path, fault.message) == (("x", "y"), 'x: "y" must be at least 5')


@pytest.mark.parametrize("value", [[{"y": 1}, {"y": "b"}], '[{"y": 1}, {"y": "b"}]'])
def test_the_sections_of_a_list_name_their_faults_by_position(value: Json) -> None:
    fields = _read(value)
    assert [section.number("y", default=2) for section in fields.sections("x")] == [1, 2]
    [fault] = fields.faults
    assert (fault.path, fault.message) == (("x", 1, "y"), 'x.1: "y" must be a number')


@pytest.mark.parametrize("value", [False, "false", " False "])
def test_what_is_switched_off_is_no_section_and_no_schema(value: Json) -> None:
    fields = _read(value)
    assert fields.section("x") is None
    assert fields.schema("x") is None
    assert fields.faults == []


@pytest.mark.parametrize(("value", "code"), [([1], "wrong_type"), (3, "wrong_type"), ("{", "not_json")])
def test_a_section_is_an_object(value: Json, code: str) -> None:
    fields = _read(value)
    assert fields.section("x") is None
    assert _codes(fields) == [code]


@pytest.mark.parametrize(
    ("value", "paths"), [({}, [("x",)]), ("[", [("x",)]), ([{}, 1, {}, None], [("x", 1), ("x", 3)])]
)
def test_sections_are_a_list_of_objects(value: Json, paths: list[tuple[str | int, ...]]) -> None:
    fields = _read(value)
    assert len(fields.sections("x")) == (2 if len(paths) == 2 else 0)
    assert [fault.path for fault in fields.faults] == paths
