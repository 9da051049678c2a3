"""The names of retrievers, and what follows from them."""

from collections.abc import Sequence
from typing import Final

from application.ports.knowledge import SearchMode

LONGEST_KEY: Final = 100

_MODES: Final = {
    "semantic": SearchMode.DENSE,
    "lexical": SearchMode.LEXICAL,
    "keyword": SearchMode.LEXICAL,
}


def usual_mode(key: str) -> SearchMode:
    """How a retriever of this name searches unless it says otherwise."""
    return _MODES.get(key.strip().lower(), SearchMode.HYBRID)


def distinct(keys: Sequence[str]) -> list[str]:
    """Keys that fit a record; the second of a kind ends in _2, and so on."""
    found: list[str] = []
    for key in keys:
        count, name = 1, key[:LONGEST_KEY]
        while name in found:
            count += 1
            ending = f"_{count}"
            name = key[: LONGEST_KEY - len(ending)] + ending
        found.append(name)
    return found
