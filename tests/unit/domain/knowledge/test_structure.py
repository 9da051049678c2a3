"""Texts are cut along their structure, and what is cut can be found where it says."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.knowledge.structure import pieces_by_structure

GUIDE = """# Guide

Short introduction. It has two sentences.

## Keys

Keys are kept in a ring. The newest seals, and the older ones only open what they once sealed.
Rotating is done online. Nobody has to wait for it.

```python
def rotate(ring):

    return [new_key(), *ring]
```

Rotation
--------

- add a key
- rotate
- remove the old key
"""
PROSE = "The first sentence was wrapped\nby hand. The second one follows,\ne.g. this. And the third one is here."
CHINESE = "人工智能是一门科学。它企图了解智能的实质。该领域包括机器人、语言识别和图像识别。"
CODE = """import os

def f(a):
    return a


class A:
    def m(self):
        return 1

    def n(self):
        return 2
"""

ODD_TEXT = st.lists(
    st.sampled_from([*"ab .!?\n\t-#`~|>=。人é", "\u0301", "\u200d", "\ud800", "\n\n", "```\n", "# ", "    ", "word "]),
    max_size=80,
).map("".join)
SIZES = st.integers(1, 40).flatmap(lambda most: st.tuples(st.just(most), st.integers(0, (most - 1) // 2)))


def cut(text: str, most: int, overlap: int = 0) -> list[str]:
    return [each.text for each in pieces_by_structure(text, most=most, overlap=overlap)]


@given(st.one_of(st.text(max_size=200), ODD_TEXT), SIZES)
def test_a_piece_is_what_stands_at_its_place_not_blank_and_not_too_large(text: str, sizes: tuple[int, int]) -> None:
    most, overlap = sizes
    for piece in pieces_by_structure(text, most=most, overlap=overlap):
        assert text[piece.start : piece.end] == piece.text
        assert piece.text.strip()
        assert len(piece.text) <= most


@given(st.one_of(st.text(max_size=200), ODD_TEXT), SIZES)
def test_only_white_space_is_left_out_and_pieces_are_in_order(text: str, sizes: tuple[int, int]) -> None:
    most, overlap = sizes
    reached = 0
    begun = -1
    for piece in pieces_by_structure(text, most=most, overlap=overlap):
        assert not text[reached : piece.start].strip()
        assert piece.start > begun
        assert piece.end > reached
        assert reached - piece.start <= overlap
        reached, begun = piece.end, piece.start
    assert not text[reached:].strip()


@given(ODD_TEXT, st.integers(1, 40))
def test_without_overlap_nothing_is_said_twice(text: str, most: int) -> None:
    assert re.sub(r"\s", "", "".join(cut(text, most))) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\u2003\x1f"])
def test_of_nothing_there_are_no_pieces(text: str) -> None:
    assert cut(text, 10) == []


def test_what_fits_stays_whole() -> None:
    assert cut(f"\n\n{GUIDE}\n\n", len(GUIDE)) == [GUIDE.rstrip()]


def test_headings_stand_before_what_they_are_about() -> None:
    for most in range(60, 200, 7):
        assert not [each for each in cut(GUIDE, most) if each.endswith(("# Guide", "## Keys", "--------"))]


def test_a_heading_begins_a_piece_once_the_one_before_is_half_full() -> None:
    sections = "# One\n\nA few words here.\n\n# Two\n\nA few words here."
    assert cut(sections, 49) == ["# One\n\nA few words here.", "# Two\n\nA few words here."]
    assert cut("# One\n\nx\n\n# Two\n\nA few words here.", 49) == ["# One\n\nx\n\n# Two\n\nA few words here."]


def test_fenced_code_stays_whole_where_it_fits() -> None:
    code = "```python\ndef rotate(ring):\n\n    return [new_key(), *ring]\n```"
    for most in range(len(code), 300, 9):
        assert any(code in each for each in cut(GUIDE, most))


def test_code_that_is_too_large_is_cut_at_blank_lines_and_keeps_its_indentation() -> None:
    assert cut(CODE, 60) == [
        "import os\n\ndef f(a):\n    return a",
        "class A:\n    def m(self):\n        return 1",
        "    def n(self):\n        return 2",
    ]


def test_a_hash_in_fenced_code_is_no_heading() -> None:
    fenced = "```sh\n# first\nrun\n\n# second\nrun\n```"
    assert cut(f"{fenced}\n\nAfter.", len(fenced)) == [fenced, "After."]


def test_prose_is_cut_between_sentences_also_where_lines_are_wrapped() -> None:
    assert cut(PROSE, 61) == [
        "The first sentence was wrapped\nby hand.",
        "The second one follows,\ne.g. this. And the third one is here.",
    ]


def test_lists_are_cut_between_items() -> None:
    assert cut("- one item. It is long\n- two\n- three", 30) == ["- one item. It is long\n- two", "- three"]


def test_writing_without_spaces_is_cut_between_sentences_then_anywhere() -> None:
    assert cut(CHINESE, 22) == ["人工智能是一门科学。它企图了解智能的实质。", "该领域包括机器人、语言识别和图像识别。"]
    assert "".join(cut(CHINESE, 7)) == CHINESE


def test_a_long_word_is_cut_but_not_between_a_letter_and_its_marks() -> None:
    assert cut("abcdefgh", 3) == ["abc", "def", "gh"]
    assert cut("abe\u0301c", 3) == ["ab", "e\u0301c"]


def test_overlap_repeats_whole_words_of_the_text_before() -> None:
    assert cut("One two three. Four five six. Seven eight.", 30, overlap=10) == [
        "One two three.",
        "three. Four five six.",
        "five six. Seven eight.",
    ]


def test_overlap_repeats_characters_in_writing_without_spaces() -> None:
    assert cut(CHINESE, 22, overlap=3)[1].startswith("科学。它企图")


@pytest.mark.parametrize(("most", "overlap"), [(0, 0), (10, 5), (10, -1), (-3, 0)])
def test_impossible_sizes_are_refused(most: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="half of the size"):
        pieces_by_structure("text", most=most, overlap=overlap)


@pytest.mark.parametrize(
    "text",
    ["\n", "`", "#", ". ", ".)", "a\u0301", "```\n", "~~~a\n```b\n", " ", "> ", "x\n", "`\n", "人", "*a _b "],
)
def test_no_text_takes_forever(text: str) -> None:
    begun = time.monotonic()
    pieces_by_structure(text * (200_000 // len(text)), overlap=200)
    assert time.monotonic() - begun < 10
