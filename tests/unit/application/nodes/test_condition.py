import pytest

from application.nodes.condition import Condition
from domain.executions.routing import judge
from domain.ids import EdgeId, NodeId
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson, as_object
from domain.workflows.graph import Edge
from tests.unit.application.nodes.running import faults, run


async def _holds(operator: str, actual: MaybeJson, expected: MaybeJson = UNDEFINED) -> Json:
    config: JsonObject = {"field": "value", "operator": operator}
    if expected is not UNDEFINED:
        config["value"] = expected
    output = await run(Condition, config, {} if actual is UNDEFINED else {"value": actual})
    return as_object(output.data["_condition"])["result"]


EQUAL: list[tuple[MaybeJson, MaybeJson]] = [
    ("a", "a"),
    ("", ""),
    (1, 1.0),
    (10, "10.0"),
    ("10.0", 10),
    (16, "0x10"),
    (5, " 5 "),
    (True, "true"),
    ("false", False),
    (None, "null"),
    (None, None),
    ([1, 2], "1,2"),
    ({"a": 1}, "[object Object]"),
]
UNEQUAL: list[tuple[MaybeJson, MaybeJson]] = [
    ("a", "A"),
    ("10", "10.0"),
    (0, ""),
    (0, None),
    (1, True),
    (None, ""),
    (5, "five"),
    (UNDEFINED, "undefined"),
    (UNDEFINED, None),
    (UNDEFINED, UNDEFINED),
    ("undefined", UNDEFINED),
]


@pytest.mark.parametrize(("actual", "expected"), EQUAL)
async def test_numbers_are_equal_by_value_and_other_things_by_their_text(actual: Json, expected: Json) -> None:
    assert await _holds("equals", actual, expected) is True
    assert await _holds("not_equals", actual, expected) is False


@pytest.mark.parametrize(("actual", "expected"), UNEQUAL)
async def test_other_pairs_are_not_equal_and_what_is_missing_equals_nothing(
    actual: MaybeJson, expected: MaybeJson
) -> None:
    assert await _holds("equals", actual, expected) is False
    assert await _holds("not_equals", actual, expected) is True


@pytest.mark.parametrize(
    ("actual", "expected", "result"),
    [
        ("workflow", "flow", True),
        ("workflow", "Flow", False),
        (12345, 34, True),
        (["red", "blue"], "blue", True),
        ("anything", "", True),
        (UNDEFINED, "undefined", False),
        (UNDEFINED, "", False),
        ("is undefined", UNDEFINED, False),
        (UNDEFINED, UNDEFINED, False),
        ("10.0", 10, True),
        (None, "ul", True),
        (True, "ru", True),
    ],
)
async def test_containment_goes_by_texts(actual: MaybeJson, expected: MaybeJson, result: bool) -> None:
    assert await _holds("contains", actual, expected) is result
    assert await _holds("not_contains", actual, expected) is not result


@pytest.mark.parametrize(
    ("actual", "expected", "order"),
    [(2, 1, 1), (1, 2, -1), (2, "2.0", 0), ("10", "9", 1), (None, 0, 0), ("", -1, 1), (True, 0, 1), ([5], 4, 1)],
)
async def test_order_goes_by_numbers(actual: Json, expected: Json, order: int) -> None:
    assert await _holds("greater_than", actual, expected) is (order > 0)
    assert await _holds("less_than", actual, expected) is (order < 0)
    assert await _holds("greater_than_or_equal", actual, expected) is (order >= 0)
    assert await _holds("less_than_or_equal", actual, expected) is (order <= 0)


@pytest.mark.parametrize("operator", ["greater_than", "less_than", "greater_than_or_equal", "less_than_or_equal"])
@pytest.mark.parametrize("actual", [UNDEFINED, "ten", {}, [1, 2]])
async def test_what_is_no_number_has_no_order(operator: str, actual: MaybeJson) -> None:
    assert await _holds(operator, actual, 1) is False
    assert await _holds(operator, 1) is False


@pytest.mark.parametrize(
    ("actual", "is_empty", "exists"),
    [
        (UNDEFINED, True, False),
        (None, True, False),
        ("", True, True),
        ([], True, True),
        ({}, False, True),
        (" ", False, True),
        (0, False, True),
        (False, False, True),
    ],
)
async def test_knows_the_empty_from_the_missing(actual: MaybeJson, is_empty: bool, exists: bool) -> None:
    assert await _holds("is_empty", actual) is is_empty
    assert await _holds("is_not_empty", actual) is not is_empty
    assert await _holds("exists", actual) is exists
    assert await _holds("not_exists", actual) is not exists


async def test_passes_the_input_on_and_tells_what_was_compared() -> None:
    config: JsonObject = {"field": "a.0", "operator": "greater_than", "value": 10}
    output = await run(Condition, config, {"a": [42], "b": 1})
    assert output.data == {
        "a": [42],
        "b": 1,
        "_condition": {"field": "a.0", "operator": "greater_than", "expected": 10, "actual": 42, "result": True},
    }


async def test_does_not_tell_what_is_missing() -> None:
    output = await run(Condition, {"field": "x"}, {})
    assert output.data == {"_condition": {"field": "x", "operator": "equals", "result": False}}


async def test_edges_see_its_result_and_not_the_flags_that_travelled_through() -> None:
    output = await run(Condition, {"field": "a", "value": "1"}, {"a": 1, "result": False, "route": "left"})
    edge = Edge(id=EdgeId("e"), source=NodeId("s"), target=NodeId("t"), condition="true")
    assert judge(edge, output.produced).taken
    assert set(output.produced) == {"_condition"}


def test_needs_a_field_and_a_known_operator() -> None:
    assert faults(Condition, {"value": 1}) == [("field", "required")]
    assert faults(Condition, {"field": "a", "operator": "resembles"}) == [("operator", "unknown_choice")]
    assert faults(Condition, {"field": "a", "operator": ""}) == []
