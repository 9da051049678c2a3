"""Depth is counted in containers, and finding out needs no recursion."""

import pytest

from domain.values.json import Json
from domain.values.json_depth import is_deeper_than


def nested(depth: int) -> Json:
    value: Json = 1
    for at in range(depth):
        value = [value] if at % 2 else {"inside": value, "beside": "text"}
    return value


@pytest.mark.parametrize("depth", [0, 1, 2, 7, 50_000])
def test_says_from_which_depth_on_a_value_is_too_deep(depth: int) -> None:
    assert not is_deeper_than(nested(depth), depth)
    assert is_deeper_than(nested(depth), depth - 1) is (depth > 0)
