# ruff: noqa: RUF001 - letters of other scripts are the point here
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.nodes.data_cleaner import DataCleaner
from domain.values.json import Json, JsonObject
from tests.unit.application.nodes.running import faults, run


async def _cleaned(operations: Json, value: Json, **config: Json) -> Json:
    output = await run(DataCleaner, {"operations": operations, **config}, {"value": value})
    cleaned = output.data["cleaned"]
    assert isinstance(cleaned, dict)
    return cleaned["value"]


async def test_applies_operations_in_order_to_every_text_but_not_to_keys() -> None:
    received: JsonObject = {" Key ": [" A ", {"b": " C "}, 1, None, True]}
    output = await run(DataCleaner, {"operations": ["trim", "normalize-case"]}, received)
    assert output.data == {
        "cleaned": {" Key ": ["a", {"b": "c"}, 1, None, True]},
        "operationsApplied": ["trim", "normalize-case"],
        "piiFound": [],
    }
    assert output.produced == output.data
    assert received == {" Key ": [" A ", {"b": " C "}, 1, None, True]}


async def test_reads_operations_from_one_text() -> None:
    output = await run(DataCleaner, {"operations": "trim, mask-pii"}, {})
    assert output.data["operationsApplied"] == ["trim", "mask-pii"]


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("lowercase", "o'neil and élan (the 2nd)"),
        ("uppercase", "O'NEIL AND ÉLAN (THE 2ND)"),
        ("titlecase", "O'neil And Élan (The 2nd)"),
        ("", "o'neil and élan (the 2nd)"),
    ],
)
async def test_normalises_case(case: str, text: str) -> None:
    assert await _cleaned(["normalize-case"], "o'NEIL and éLAN (the 2ND)", caseType=case) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Hello, World! (it's #1 @ 100%)", "Hello, World! (it's 1  100)"),
        ("Crème brûlée – naïve…", "Crème brûlée – naïve…"),
        ("Cre\u0301me", "Cre\u0301me"),
        ("Привет, мир!", "Привет, мир!"),
        ("你好，世界 123", "你好，世界 123"),
        ("نمی\u200cخواهم ۱۲۳", "نمی\u200cخواهم ۱۲۳"),
        ("हिन्दी", "हिन्दी"),
        ("a\tb\nc", "a\tb\nc"),
        ("👍🏽 ok ❤\ufe0f", " ok "),
        ("<b>$5^</b>", "b5b"),
    ],
)
async def test_special_characters_go_and_words_of_any_script_stay(text: str, kept: str) -> None:
    assert await _cleaned(["remove-special-chars"], text) == kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ([3, 1, 3, 2, 1], [3, 1, 2]),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1.0}, {"a": 1}], [{"a": 1, "b": 2}, {"a": 1}]),
        ([1, True, "1", None, None], [1, True, "1", None]),
        ([[1, 1], [1]], [[1]]),
        ({"deep": {"list": ["x", "x"]}}, {"deep": {"list": ["x"]}}),
        ("aa", "aa"),
    ],
)
async def test_duplicates_go_from_every_array_and_the_first_stays_in_its_place(value: Json, kept: Json) -> None:
    assert await _cleaned(["remove-duplicates"], value) == kept


VALUES: st.SearchStrategy[Json] = st.recursive(
    st.booleans() | st.integers(0, 2) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("kl"), inner, max_size=2),
)


@given(VALUES)
async def test_removing_duplicates_again_removes_no_more(value: Json) -> None:
    once = await _cleaned(["remove-duplicates"], value)
    assert await _cleaned(["remove-duplicates"], once) == once


async def test_every_input_is_valid_json() -> None:
    assert await _cleaned(["validate-json"], "{not json") == "{not json"


async def test_masks_personal_data_and_lists_it_without_the_original() -> None:
    received: JsonObject = {"note": "Mail ada@example.com", "contacts": ["555-123-4567", {"card": "4111111111111111"}]}
    output = await run(DataCleaner, {"operations": ["mask-pii"]}, received)
    assert output.data["cleaned"] == {
        "note": "Mail ad***@example.com",
        "contacts": ["***-***-4567", {"card": "****-****-****-1111"}],
    }
    assert output.data["piiFound"] == [
        {"type": "email", "masked": "ad***@example.com", "position": 5},
        {"type": "phone", "masked": "***-***-4567", "position": 0},
        {"type": "credit-card", "masked": "****-****-****-1111", "position": 0},
    ]


@pytest.mark.parametrize("operations", [None, "", "  "])
def test_needs_operations(operations: Json) -> None:
    assert faults(DataCleaner, {"operations": operations}) == [("operations", "required")]


def test_no_operations_at_all_are_fine() -> None:
    assert faults(DataCleaner, {"operations": []}) == []


def test_refuses_unknown_operations_and_cases() -> None:
    assert faults(DataCleaner, {"operations": "trim, removeDuplicates"}) == [("operations", "unknown_choice")]
    assert faults(DataCleaner, {"operations": [1]}) == [("operations", "wrong_type")]
    assert faults(DataCleaner, {"operations": [], "caseType": "camel"}) == [("caseType", "unknown_choice")]
