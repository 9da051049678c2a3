"""What becomes of a memory that several runs write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.executions.durable_memory import LARGEST_NUMBER, DurableWrite, MemoryOperation, following
from domain.values.json import UNDEFINED, Json, MaybeJson

NUMBERS = st.integers() | st.floats(allow_nan=False)
VALUES: st.SearchStrategy[Json] = st.none() | st.booleans() | NUMBERS | st.text() | st.lists(st.integers())
OPERATIONS = st.sampled_from(MemoryOperation)


@given(OPERATIONS, VALUES | st.just(UNDEFINED), st.integers())
def test_alone_a_write_makes_exactly_what_the_node_said_it_would(
    operation: MemoryOperation, previous: MaybeJson, given: Json
) -> None:
    write = DurableWrite.of("k", operation, given, previous=previous)
    assert write.after(previous) == following(operation, previous, given)


@given(st.lists(st.tuples(NUMBERS, st.integers(-1000, 1000)), min_size=1))
def test_increments_all_count_whatever_each_of_them_saw(steps: list[tuple[float, int]]) -> None:
    writes = [DurableWrite.of("k", MemoryOperation.INCREMENT, by, previous=seen) for seen, by in steps]
    kept: MaybeJson = 0
    for write in writes:
        kept = write.after(kept)
    assert kept == sum(by for _, by in steps)


def test_counts_on_from_text_that_spells_a_number_once() -> None:
    both = [DurableWrite.of("k", MemoryOperation.INCREMENT, 1, previous="41") for _ in range(2)]
    assert both[1].after(both[0].after("41")) == 43


def test_counts_from_nothing_when_the_number_that_was_seen_is_gone() -> None:
    write = DurableWrite.of("k", MemoryOperation.INCREMENT, 2, previous=40)
    assert write.after(UNDEFINED) == 2


@pytest.mark.parametrize(
    ("one", "other", "total"),
    [(2**53 - 1, 1, 2**53), (0.5, 0.5, 1), (0.1, 0.2, 0.1 + 0.2), (10**400, 1, LARGEST_NUMBER), (1.0, 2, 3)],
)
def test_adds_whole_numbers_exactly_and_within_bounds(one: Json, other: Json, total: float) -> None:
    assert repr(following(MemoryOperation.INCREMENT, one, other)) == repr(total)
