"""Sizes are those of the JSON that is written."""

import json

from hypothesis import given
from hypothesis import strategies as st

from domain.values.json import Json
from domain.values.json_size import json_size

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)


@given(values)
def test_is_what_is_written_and_one_separator_more_for_each_nest(value: Json) -> None:
    written = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    assert json_size(value, most=1 << 30) == len(written) + _nests(value)


@given(values, st.integers(0, 40))
def test_looks_no_further_than_it_has_to(value: Json, most: int) -> None:
    size = json_size(value, most=1 << 30)
    assert json_size(value, most=most) == min(size, most + 1)


def _nests(value: Json) -> int:
    """Arrays and objects that are not empty, at any depth."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return bool(inner) + sum(map(_nests, inner))
