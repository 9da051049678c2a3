"""Walking into JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.json import UNDEFINED, Json
from domain.values.path import walk, walk_objects

DATA: Json = {"a": {"b": [{"c": 1}, "text"]}, "": {"": 2}, "n": None, "1": "one"}


@pytest.mark.parametrize(
    ("path", "value"),
    [("a.b.0.c", 1), ("a.b.1", "text"), ("n", None), ("1", "one"), (".", 2), ("a.b", [{"c": 1}, "text"])],
)
def test_follows_keys_and_positions(path: str, value: Json) -> None:
    assert walk(DATA, path) == value


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "a.x",
        "a.b.2",
        "a.b.-1",
        "a.b.01",
        "a.b.+1",
        "a.b.1.0",
        "a.b.length",
        "n.x",
        "a.b.\u0661",
        "a[b]",
        "a.b.1e0",
        "a.b." + "9" * 5000,
        "a.",
    ],
)
def test_finds_nothing_where_nothing_is(path: str) -> None:
    assert walk(DATA, path) is UNDEFINED


def test_the_paths_of_edges_do_not_enter_arrays() -> None:
    assert walk_objects(DATA, "a.b") == [{"c": 1}, "text"]
    assert walk_objects(DATA, "a.b.0") is UNDEFINED
    assert walk_objects([1], "0") is UNDEFINED


SEGMENTS = st.text(st.characters(exclude_characters="."), max_size=5)


@given(st.lists(SEGMENTS | st.integers(0, 3), min_size=1, max_size=6), st.text())
def test_finds_what_was_put_at_the_end_of_a_path(steps: list[str | int], leaf: str) -> None:
    built: Json = leaf
    for step in reversed(steps):
        built = {step: built} if isinstance(step, str) else [*[None] * step, built]
    assert walk(built, ".".join(map(str, steps))) == leaf
