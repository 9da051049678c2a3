"""Arabic as it is written: one word has several spellings, and carries its article and what stands before that."""

import re
from typing import Final

_ONE_SPELLING: Final = str.maketrans({"آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك"})
_ARTICLE: Final = re.compile("^(?:[وف]?(?:[بك]?ال|لل))(?=..)")
_PLURAL: Final = re.compile("(?<=...)ات$")
_LISTED: Final = """
الله بالغة بالغون بالغين بالون بالونات والدا والدان والدة والدك والده والدها والدهم والدهما والدي والدين
والدنا والدته والدتها والدتهم والدتي والديه والديها والدينا
"""
_WITHOUT_ARTICLE: Final = frozenset(_LISTED.split())
"""Words whose own first letters look like an article: God, adults, balloons, fathers and mothers."""


def plain(word: str) -> str:
    """With one alef, one yeh and one kaf (Larkey, Ballesteros and Connell, 2002)."""
    return word.translate(_ONE_SPELLING)


def bare(word: str) -> str:
    """A plain word without its article, so that it has the same stem with and without it, and in the plural of -at."""
    without = word if word in _WITHOUT_ARTICLE else _ARTICLE.sub("", word)
    return _PLURAL.sub("", without)
