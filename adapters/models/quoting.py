"""Which sentences of some passages fit a question best: BM25 with sentences as the documents.

After Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with k1 = 1.2 and
b = 0.75; terms count by how much they say, and other forms of a word count less than the word itself.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from adapters.models.sentences import sentences
from adapters.models.terms import likeness, terms, weight
from application.ports.language_model import Passage

MOST_QUOTES: Final = 4
MOST_CHARACTERS: Final = 200_000
"""Text beyond this is not looked at."""

_CAPITALS: Final = re.compile(r"\b[A-Z]{2,6}\b")
_MOST_QUESTION_TERMS: Final = 32
_MOST_QUESTION_CHARACTERS: Final = 4_000
"""Folding takes time that grows with the square of how many accents stand on one letter."""
_STEM: Final = 3
_A_FEW: Final = 10
_K1: Final = 1.2
_B: Final = 0.75
_ENOUGH: Final = 0.2
_CLOSE_TO_BEST: Final = 0.4
_PER_RANK: Final = 0.03


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence as it stands in its passage, and the passage's number, if it has one."""

    text: str
    number: int | None


@dataclass(frozen=True, slots=True)
class _Sentence:
    quote: Quote
    counts: Counter[str]
    length: int
    rank: int


def fitting(question: str, passages: Sequence[Passage], *, most: int = MOST_QUOTES, picky: bool = True) -> list[Quote]:
    """At most `most` sentences, in the order in which they stand in the passages, none of them twice.

    Empty when no sentence holds at least a fifth of what the question's telling words say, weighed by rarity. Among
    equals the earlier wins; a passage further down counts a little less. Who is not picky gets the best passages'
    other sentences too, as far as there is room.
    """
    candidates = _sentences(passages)
    asked = _telling(question)
    if not candidates or not asked:
        return []
    scores = _scores(asked, candidates)
    best = max(scores)
    if best <= 0:
        return []
    ranked = sorted(range(len(scores)), key=lambda at: (-scores[at], at))[:most]
    chosen = [at for at in ranked if scores[at] >= (_CLOSE_TO_BEST * best if picky else 0)]
    return [candidates[at].quote for at in sorted(chosen)]


def leading(passages: Sequence[Passage], *, most: int = MOST_QUOTES) -> list[Quote]:
    """The first sentences: what to say of a text that nothing was asked about."""
    return [each.quote for each in _sentences(passages)[:most]]


def _sentences(passages: Sequence[Passage]) -> list[_Sentence]:
    """Chunks overlap, so the same sentence may come more than once; the first one stays. Rows of dots are none."""
    found: dict[tuple[str, ...], _Sentence] = {}
    left = MOST_CHARACTERS
    for rank, passage in enumerate(passages):
        for sentence in sentences(passage.text[:left]):
            words = terms(sentence)
            if words:
                quote = Quote(sentence, passage.number)
                found.setdefault(tuple(words), _Sentence(quote, Counter(words), len(words), rank))
        left -= len(passage.text)
        if left <= 0:
            break
    return list(found.values())


def _telling(question: str) -> dict[str, float]:
    """The first terms of weight. Capitals amid small letters are a name; a question of short words is all there is."""
    question = question[:_MOST_QUESTION_CHARACTERS]
    asked = dict.fromkeys(terms(question))
    names = set(terms(" ".join(_CAPITALS.findall(question)))) if not question.isupper() else set()
    weights = {term: 1.0 if term in names else weight(term) for term in asked}
    telling = {term: each for term, each in weights.items() if each > 0} or dict.fromkeys(asked, 1.0)
    return dict(islice(telling.items(), _MOST_QUESTION_TERMS))


def _scores(asked: dict[str, float], candidates: Sequence[_Sentence]) -> list[float]:
    """0 for a sentence that says too little of what was asked."""
    forms = _forms(asked, candidates)
    rarity = {term: asked[term] * _rarity(forms[term], candidates) for term in asked}
    enough = _ENOUGH * sum(rarity.values())
    average = sum(each.length for each in candidates) / len(candidates)
    scores = []
    for sentence in candidates:
        held = {term: _held(forms[term], sentence) for term in asked}
        covered = sum(rarity[term] * min(1.0, held[term]) for term in asked)
        score = sum(rarity[term] * _saturated(held[term], sentence.length / average) for term in asked)
        scores.append(score / (1 + _PER_RANK * sentence.rank) if covered >= enough else 0.0)
    return scores


def _forms(asked: dict[str, float], candidates: Sequence[_Sentence]) -> dict[str, dict[str, float]]:
    """For each term the words of the text that are forms of it, with their likeness; forms share their beginning."""
    beginnings: defaultdict[str, list[str]] = defaultdict(list)
    for word in {word for each in candidates for word in each.counts}:
        beginnings[word[:_STEM]].append(word)
    return {term: _alike(term, beginnings[term[:_STEM]]) for term in asked}


def _alike(term: str, words: Sequence[str]) -> dict[str, float]:
    return {word: like for word in words if (like := likeness(term, word)) > 0}


def _rarity(forms: dict[str, float], candidates: Sequence[_Sentence]) -> float:
    """Among very few sentences every word would be common, so there are always taken to be ten."""
    holding = sum(not forms.keys().isdisjoint(each.counts) for each in candidates)
    return math.log(1 + (max(len(candidates), _A_FEW) - holding + 0.5) / (holding + 0.5))


def _held(forms: dict[str, float], sentence: _Sentence) -> float:
    """The best form counts, so that a sentence is not better for repeating a word in all its forms."""
    return max((forms[word] * count for word, count in sentence.counts.items() if word in forms), default=0.0)


def _saturated(frequency: float, relative_length: float) -> float:
    return frequency * (_K1 + 1) / (frequency + _K1 * (1 - _B + _B * relative_length))
