from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, Struct, UnsetType, field

from domain.errors import Invalid
from entrypoints.wire.schema_faults import MALFORMED, faults_in
from entrypoints.wire.validation import validated


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Leaf(Struct, kw_only=True, rename="camel"):
    leaf_size: int
    colour: Colour = Colour.RED


class Everything(Struct, kw_only=True):
    """One field for each way in which bodies can be typed."""

    text: Annotated[str, Meta(min_length=2, max_length=3)]
    code: Annotated[str, Meta(pattern="^[a-z]+$", extra={MALFORMED: ("bad_code", "Bad code")})] = "a"
    number: int | float = 0
    flag: bool = False
    maybe: str | None = None
    absent: str | bool | UnsetType = UNSET
    kind: Literal["a", "b"] = "a"
    anything: Any = None
    table: dict[str, Any] = field(default_factory=dict)
    leaves: Annotated[list[Leaf], Meta(max_length=2)] = field(default_factory=list)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
LEAF = st.fixed_dictionaries({}, optional={"leafSize": JSON, "colour": st.sampled_from(["red", "green"]) | JSON})
BODY = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(max_size=5) | JSON,
        "code": st.text(max_size=3) | JSON,
        "leaves": st.lists(LEAF | JSON, max_size=3) | JSON,
        "kind": st.sampled_from(["a", "b", "c"]) | JSON,
        **dict.fromkeys(("number", "flag", "maybe", "absent", "anything", "table"), JSON),
    },
)


def paths_of(body: object) -> list[tuple[str | int, ...]]:
    with pytest.raises(Invalid) as refused:
        validated(msgspec.json.encode(body), Everything)
    return [fault.path for fault in refused.value.faults]


def test_decodes_what_is_right() -> None:
    assert validated(b'{"text":"ab","leaves":[{"leafSize":1}],"other":1}', Everything) == Everything(
        text="ab", leaves=[Leaf(leaf_size=1)]
    )


def test_finds_everything_that_is_wrong_in_the_order_of_the_fields() -> None:
    wrong = {
        "leaves": [{}, {"leafSize": "1", "colour": "green"}, 5],
        "table": [],
        "kind": "c",
        "absent": None,
        "maybe": 1,
        "flag": 0,
        "number": "1",
        "code": "A1",
        "text": "abcd",
    }
    assert paths_of(wrong) == [
        ("text",),
        ("code",),
        ("number",),
        ("flag",),
        ("maybe",),
        ("absent",),
        ("kind",),
        ("table",),
        ("leaves",),
        ("leaves", 0, "leafSize"),
        ("leaves", 1, "leafSize"),
        ("leaves", 1, "colour"),
        ("leaves", 2),
    ]


def test_one_field_can_be_wrong_in_two_ways() -> None:
    class Strict(Struct):
        text: Annotated[str, Meta(min_length=3, pattern="^[a-z]*$")]

    with pytest.raises(Invalid) as refused:
        validated(b'{"text":"A"}', Strict)
    assert [fault.code for fault in refused.value.faults] == ["too_short", MALFORMED]


def test_says_what_was_expected_and_what_came() -> None:
    expected = msgspec.inspect.type_info(Everything)
    messages = [fault.message for fault in faults_in({"text": "ab", "number": None, "kind": "z"}, expected)]
    assert messages == [
        "Expected number, received null",
        "Invalid enum value. Expected 'a' | 'b', received 'z'",
    ]


def test_does_not_repeat_long_texts() -> None:
    [fault] = faults_in({"text": "ab", "kind": "z" * 10_000}, msgspec.inspect.type_info(Everything))
    assert len(fault.message) < 200


@given(BODY)
def test_both_ways_of_checking_agree(body: dict[str, Any]) -> None:
    """What the fast way takes has no fault, and what it refuses has at least one."""
    faults = list(faults_in(body, msgspec.inspect.type_info(Everything)))
    try:
        msgspec.json.decode(msgspec.json.encode(body), type=Everything)
    except msgspec.ValidationError:
        assert faults
    else:
        assert faults == []
