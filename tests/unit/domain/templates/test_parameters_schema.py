"""Who keeps to the schema of the parameters is not refused, and who does not is."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from domain.templates.parameters import TAKEN
from domain.templates.parameters_schema import parameters_schema
from domain.templates.read_parameters import read_parameters
from domain.values.json import Json

SCHEMA: Final[dict[str, Any]] = parameters_schema()
JUDGE: Final = Draft202012Validator(SCHEMA)

SOME_ID: Final = "0B9F3A52-7A3C-4C55-9D0E-2F4B8C1D6E7F"
NO_PARAMETER: st.SearchStrategy[Json] = st.sampled_from([None, [], {}, 7.5])
BLANKS: Final = st.sampled_from(["", " ", "\t\n"])
SEGMENTS: Final = st.sampled_from(
    [*TAKEN, "query", "body", "q1", "contents", "_nodes", "_", "frage-1", "two words", ""]
)
PATHS: Final = st.builds(
    lambda before, names, after: before + ".".join(names) + after,
    BLANKS,
    st.lists(SEGMENTS, min_size=1, max_size=3),
    st.sampled_from(["", " ", "\n", "."]),
)
COUNTS: Final = st.builds(
    lambda before, sign, number, after: f"{before}{sign}{number}{after}",
    BLANKS,
    st.sampled_from(["", "+", "-", "0", "+-"]),
    st.integers(0, 120),
    st.sampled_from(["", " ", ".", ".0", ".5", "many"]),
)
IDS: st.SearchStrategy[Json] = st.sampled_from([SOME_ID, SOME_ID.lower(), "this", "7", "", SOME_ID[:-1], f"{SOME_ID} "])
GIVEN: st.SearchStrategy[dict[str, Json]] = st.fixed_dictionaries(
    {},
    optional={
        "queryPath": st.one_of(PATHS, NO_PARAMETER, st.integers(254, 257).map(lambda length: "q" * length)),
        "topK": st.one_of(COUNTS, st.integers(-1, 60), st.floats(0, 60), NO_PARAMETER, st.just(False)),
        "corpusId": st.one_of(IDS, NO_PARAMETER),
        "scopeType": st.one_of(st.sampled_from(["user", "workflow", "execution", "all", ""]), NO_PARAMETER),
        "workflowId": st.one_of(IDS, NO_PARAMETER),
        "executionId": st.one_of(IDS, NO_PARAMETER),
        "topk": st.just(3),
    },
)


def is_taken(params: Json) -> bool:
    return not read_parameters(params)[1]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@given(
    params=st.one_of(GIVEN, st.dictionaries(st.sampled_from(["queryPath", "topK"]), st.text(max_size=6)), NO_PARAMETER)
)
def test_it_allows_what_is_taken_and_nothing_else(params: Json) -> None:
    assert JUDGE.is_valid(params) == is_taken(params)


@pytest.mark.parametrize("value", ["1e1", "0x10", "100e-1", True])
def test_numbers_may_be_spelled_in_more_ways_than_it_tells(value: Json) -> None:
    assert is_taken({"topK": value})
    assert not JUDGE.is_valid({"topK": value})


@pytest.mark.parametrize(
    "params",
    [
        {"queryPath": "two words"},
        {"queryPath": "a..b"},
        {"queryPath": "frage-1"},
        {"queryPath": "content"},
        {"topK": "99"},
        {"topK": "0"},
        {"corpusId": "7"},
    ],
)
def test_it_refuses(params: dict[str, Json]) -> None:
    assert not JUDGE.is_valid(params)


@pytest.mark.parametrize("value", ["8.0", "+8", " 50 ", "007"])
def test_it_allows_counts_as_editors_write_them(value: str) -> None:
    assert JUDGE.is_valid({"topK": value})
