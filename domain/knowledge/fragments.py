"""Parts of a block that is too large, cut where it hurts least."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from domain.knowledge.blocks import Block, BlockKind

Span: TypeAlias = tuple[int, int]

_BLANK_LINES: Final = re.compile(r"\n(?:[^\S\n]*\n)+")
_LINES: Final = re.compile(r"\n")
_SENTENCES: Final = re.compile(r"[.!?…؟۔।][\"'”’»)\]]*+\s++(?![a-z])|[。！？｡][」』）”’]*+\s*+")  # noqa: RUF001 - other scripts have other full stops
_WORDS: Final = re.compile(r"\s+")
_LEADING_BLANK_LINES: Final = re.compile(r"(?:[^\S\n]*\n)*+")

_ENDS: Final = {
    BlockKind.HEADING: (_LINES, _WORDS),
    BlockKind.CODE: (_BLANK_LINES, _LINES, _WORDS),
    BlockKind.LINES: (_LINES, _SENTENCES, _WORDS),
    BlockKind.PROSE: (_SENTENCES, _WORDS),
}
_JOINERS: Final = frozenset("\u200d\ufe0e\ufe0f")
_LONGEST_CLUSTER: Final = 16


def fragments(text: str, block: Block, *, most: int) -> Iterator[Span]:
    """The block as a whole when it has at most `most` characters, else in the largest parts that do.

    Parts of code end at blank lines, those of lists at lines, those of prose with sentences; where such a part is
    still too large, with words, and at last anywhere. None is blank, and only white space is between them.
    """
    yield from _fragments(text, (block.start, block.end), _ENDS[block.kind], most)


def _fragments(text: str, span: Span, ends: Sequence[re.Pattern[str]], most: int) -> Iterator[Span]:
    start, end = span
    if end - start <= most:
        yield span
    elif not ends:
        yield from _windows(text, start, end, most)
    else:
        for part in _parts(text, span, ends[0]):
            yield from _fragments(text, part, ends[1:], most)


def _parts(text: str, span: Span, ends: re.Pattern[str]) -> Iterator[Span]:
    start, end = span
    for found in ends.finditer(text, start, end):
        yield from _trimmed(text, start, found.end())
        start = found.end()
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """Nothing when it is blank; the first line keeps its indentation."""
    end = start + len(text[start:end].rstrip())
    if start < end:
        blank = _LEADING_BLANK_LINES.match(text, start, end)
        yield (start if blank is None else blank.end(), end)


def _windows(text: str, start: int, end: int, most: int) -> Iterator[Span]:
    while end - start > most:
        cut = _between_clusters(text, start, start + most)
        yield (start, cut)
        start = cut
    yield (start, end)


def _between_clusters(text: str, start: int, cut: int) -> int:
    """`cut`, or a little before it: marks stay with the letter they are on."""
    for at in range(cut, max(start, cut - _LONGEST_CLUSTER), -1):
        if not _continues(text[at]) and text[at - 1] != "\u200d":
            return at
    return cut


def _continues(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) in ("Mn", "Mc", "Me")
