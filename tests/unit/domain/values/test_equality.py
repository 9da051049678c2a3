"""Deep equality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.equality import identity
from domain.values.json import Json

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}), ([], []), ({}, {}), ([[None]], [[None]])],
)
def test_deeply_equal_values_are_the_same(one: Json, other: Json) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        ("1", 1),
        (None, False),
        ([], {}),
        ([1, 2], [2, 1]),
        ({"a": None}, {}),
        ("boolean", True),
        (["array", []], ["array"]),
        ([["a", 1]], {"a": 1}),
    ],
)
def test_values_of_other_types_or_order_are_not(one: Json, other: Json) -> None:
    assert identity(one) != identity(other)


@given(VALUES, VALUES)
def test_agrees_with_equality_inside_a_wrapper_that_tells_booleans_from_numbers(one: Json, other: Json) -> None:
    assert (identity(one) == identity(other)) == (_told_apart(one) == _told_apart(other))


def _told_apart(value: Json) -> object:
    if isinstance(value, list):
        return [_told_apart(each) for each in value]
    if isinstance(value, dict):
        return {key: _told_apart(each) for key, each in value.items()}
    return type(value), value
