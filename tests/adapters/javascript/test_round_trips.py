"""What goes through a script untouched is the same afterwards, in the same order."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.values.json import Json
from tests.adapters.javascript.running import Box

MOST_EXACT = 2**53
KEYS = st.text(max_size=8).filter(lambda key: not key.isdecimal())
"""Whole numbers as keys are sorted to the front by the language itself."""
NUMBERS = st.integers(-MOST_EXACT, MOST_EXACT) | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: not number.is_integer()
)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
async def test_values_come_back_as_they_were(box: Box, value: Json) -> None:
    returned = await box.expression("data", value)
    assert json.dumps(returned) == json.dumps(value)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**40), 10**40))
async def test_numbers_are_doubles(box: Box, number: float) -> None:
    returned = await box.expression("data", number)
    assert isinstance(returned, int | float)
    assert float(returned) == float(number)
