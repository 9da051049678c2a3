"""Words of any language as comparable terms, and how much each says."""

import re
import unicodedata
from typing import Final

_ACCENTS: Final = re.compile(r"[\u0300-\u036f]")
_WORD: Final = re.compile(r"[^\W_]+")
_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]+"
)
_MARKS: Final = frozenset({"Mn", "Mc"})
_LONGEST_SUFFIX: Final = 5
_SHORT_STEM: Final = 4
_LIKENESS: Final = 0.6
_SHORT_WORD: Final = 0.8

_FUNCTION_WORDS: Final = frozenset(
    """
    about above after again all also and answer any are because been before being below between both but can context
    could cual dans das der des did die does doing donde dont down during each ein eine einem einen einer eines est
    from further give given had has have having her here his how ihr into its itself just know knowledge las les
    like list los make many mit more most much must name not now only other over para please point pour que quel
    quelle question qui same shall should sie some such tell than that the their them then there these they this
    those through und under une until use using very von wann want war warum was welche were what when where which
    while who whom whose why wie will wir wird with would you your
    """.split()  # noqa: SIM905
)
"""Words of grammar of three letters and more, and what prompts say of themselves."""


def terms(text: str) -> list[str]:
    """Words in order: case, width and Latin accents folded. Scripts that write no spaces give pairs of characters."""
    folded = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))
    return [term for word in _WORD.findall(_joined(folded)) for term in _cut(word)]


def weight(term: str) -> float:
    """How much a term of a question says, 0 to 1: in most languages the short words are the grammar."""
    if term in _FUNCTION_WORDS:
        return 0.0
    is_plain = term.isalpha() and not _UNSPACED.match(term)
    if not is_plain or len(term) >= _SHORT_STEM:
        return 1.0
    return _SHORT_WORD if len(term) == _SHORT_STEM - 1 else 0.0


def likeness(one: str, other: str) -> float:
    """1 for the same term, 0.6 for what looks like another form of the same word, else 0."""
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    stem = _common_prefix(shorter, longer)
    suffix = len(longer) - stem
    is_form = stem >= _SHORT_STEM - 1 and stem >= len(shorter) - 1
    return _LIKENESS if is_form and suffix <= (_LONGEST_SUFFIX if stem >= _SHORT_STEM else 1) else 0.0


def _joined(text: str) -> str:
    """Vowel signs belong to their words, although no pattern for words knows it."""
    if text.isascii():
        return text
    return "".join(each for each in text if unicodedata.category(each) not in _MARKS)


def _cut(word: str) -> list[str]:
    if not _UNSPACED.search(word):
        return [word]
    if len(word) == 1:
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _common_prefix(shorter: str, longer: str) -> int:
    for at, (one, other) in enumerate(zip(shorter, longer, strict=False)):
        if one != other:
            return at
    return len(shorter)
