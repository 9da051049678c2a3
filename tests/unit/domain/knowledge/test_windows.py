"""Windows of equal size over collapsed text, counted as JavaScript counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.knowledge.chunking import USUAL, Chunking, ChunkingStrategy
from domain.knowledge.windows import Collapsed, windows
from domain.values.coercion import code_units

TEXTS = st.text(alphabet=st.sampled_from("ab \n\t\u00a0\ufeff\u2003\N{GRINNING FACE}é"), max_size=200)


def spans(text: str, size: int = 1200, overlap: int = 200) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in windows(text, size=size, overlap=overlap)]


def units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (1, [(0, 1)]),
        (1200, [(0, 1200)]),
        (1201, [(0, 1200), (1000, 1201)]),
        (2200, [(0, 1200), (1000, 2200)]),
        (2600, [(0, 1200), (1000, 2200), (2000, 2600)]),
    ],
)
def test_each_begins_before_the_last_one_ends(length: int, expected: list[tuple[int, int]]) -> None:
    assert spans("x" * length) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\ufeff\u3000"])
def test_blank_text_has_none(text: str) -> None:
    assert spans(text) == []


def test_white_space_counts_once_however_much_there_is() -> None:
    [window] = windows("  one\n\n\ttwo\u00a0 three ", size=100, overlap=0)
    assert (window.text, window.start, window.end) == ("one two three", 0, 13)
    assert (window.source_start, window.source_end) == (2, 18)


def test_pieces_are_trimmed_and_their_place_is_that_before_trimming() -> None:
    first, second = windows("abcd efgh", size=5, overlap=0)
    assert (first.text, first.start, first.end) == ("abcd", 0, 5)
    assert (second.text, second.start, second.end) == ("efgh", 5, 9)


def test_no_cut_goes_through_a_character() -> None:
    faces = "\N{GRINNING FACE}" * 4
    assert [each.text for each in windows(faces, size=3, overlap=0)] == [
        "\N{GRINNING FACE}",
        "\N{GRINNING FACE}" * 2,
        "\N{GRINNING FACE}",
    ]


def test_an_overlap_must_leave_something_new() -> None:
    with pytest.raises(ValueError, match="overlap"):
        list(windows("x", size=10, overlap=10))


@given(TEXTS, st.integers(2, 30), st.integers(0, 1))
def test_every_piece_is_where_it_says_in_the_text_as_it_was_given(text: str, size: int, overlap: int) -> None:
    for each in windows(text, size=size, overlap=overlap):
        source = units(text)[2 * each.source_start : 2 * each.source_end].decode("utf-16-le")
        assert next(windows(source, size=10_000, overlap=0)).text == each.text
        assert code_units(each.text) <= size + 1


@given(TEXTS, st.integers(2, 30))
def test_together_they_hold_all_that_is_not_white_space(text: str, size: int) -> None:
    found = "".join(each.text for each in windows(text, size=size, overlap=0))
    whole = "".join(each.text for each in windows(text, size=10_000, overlap=0))
    assert found.replace(" ", "") == whole.replace(" ", "")


@given(TEXTS, st.sampled_from(ChunkingStrategy))
def test_both_ways_of_cutting_number_their_chunks_and_point_into_the_text(
    text: str, strategy: ChunkingStrategy
) -> None:
    chunks = Chunking(strategy=strategy, size=100, overlap=10).cut(text)
    assert [each.index for each in chunks] == list(range(len(chunks)))
    for each in chunks:
        assert each.source_start < each.source_end <= code_units(text)
        assert each.token_count == -(-code_units(each.text) // 4)
        if strategy is ChunkingStrategy.STRUCTURE:
            assert units(text)[2 * each.source_start : 2 * each.source_end].decode("utf-16-le") == each.text


@pytest.mark.parametrize(("size", "overlap", "wrong"), [(99, 0, "size"), (8001, 0, "size"), (100, 50, "overlap")])
def test_refuses_sizes_that_make_no_sense(size: int, overlap: int, wrong: str) -> None:
    USUAL.expect_sense()
    with pytest.raises(Invalid) as refused:
        Chunking(size=size, overlap=overlap).expect_sense()
    assert [fault.path for fault in refused.value.faults] == [("chunking", wrong)]


@pytest.mark.parametrize("before", [65_534, 65_535, 65_536, 65_537])
def test_collapses_white_space_wherever_it_stands_in_a_long_text(before: int) -> None:
    text = "x" * before + " \n\t " + "y" * 70_000 + "\n" + "z"
    assert Collapsed(text).text == "x" * before + " " + "y" * 70_000 + " z"
    assert Collapsed(text).source(before + 1) == before + 4
