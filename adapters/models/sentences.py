"""Cuts text into sentences without knowing its language. Every sentence is a slice of the text."""

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 600
_A_LINE_OF_PROSE: Final = 40

_END: Final = re.compile(
    r"""[.!?…]{1,8}["'”’»)\]]{0,4}(?:[ \t]?\[\d{1,4}\]){0,8}(?=\s|$)|[。！？]{1,8}[」』”）]{0,4}|\n[ \t]*(?=\n)|\n"""  # noqa: RUF001
)
_OPENS_A_LINE: Final = re.compile(r"[ \t]*(?:[-*•|#>+]|\d{1,3}[.)]\s)")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(])(?:[^\W\d]|(?:\w\.)+\w|dr|mr|mrs|ms|prof|st|vs|etc|ca|nr|inc|ltd|bzw|approx)\.$", re.IGNORECASE
)
_LOOKED_BACK: Final = 12


def sentences(text: str) -> Iterator[str]:
    """In order, without surrounding blanks, none longer than 600 characters; longer ones are cut between words.

    A line break ends a sentence unless the line is long enough to be wrapped prose and the next one goes on with it.
    Numbers of sources that follow a sentence, such as [1], belong to it.
    """
    begin = 0
    for mark in _END.finditer(text):
        if _ends(text, mark, begin):
            yield from _pieces(text[begin : mark.end()].strip())
            begin = mark.end()
    yield from _pieces(text[begin:].strip())


def _ends(text: str, mark: re.Match[str], begin: int) -> bool:
    following = text[mark.end() : mark.end() + 1]
    if mark.group().startswith("\n"):
        line_began = text.rfind("\n", 0, mark.start()) + 1  # also where an earlier sentence ends in this line
        is_prose = mark.start() - line_began >= _A_LINE_OF_PROSE
        return not is_prose or following in ("", "\n") or _OPENS_A_LINE.match(text, mark.end()) is not None
    if mark.group()[0] != ".":
        return True
    ahead = text[mark.end() : mark.end() + 3].lstrip()[:1]
    before = text[max(begin, mark.end() - _LOOKED_BACK) : mark.end()]
    return not ahead.islower() and not _ABBREVIATION.search(before)


def _pieces(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST:
        cut = sentence.rfind(" ", 1, LONGEST + 1)
        cut = cut if cut > 0 else LONGEST
        yield sentence[:cut].rstrip()
        sentence = sentence[cut:].lstrip()
    if any(each.isalnum() for each in sentence):
        yield sentence
