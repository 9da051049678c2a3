"""How terms and their postings are laid out in bytes. Numbers are big-endian, as PostgreSQL sends them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final
from zlib import crc32

import numpy as np

MOST_OCCURRENCES: Final = 255
LONGEST: Final = 65_535

FRESH: Final = np.dtype([("term", ">i4"), ("occurrences", "u1")])
"""One posting of a fresh chunk."""

POSTING: Final = np.dtype([("ordinal", ">i4"), ("occurrences", "u1"), ("length", ">u2")])
"""One posting of a term in a segment. Lists are joined by putting one behind the other."""


def term_number(term: str) -> int:
    """The number a term is kept under. That two of a corpus share one happens, and costs a little precision."""
    number = crc32(term.encode("utf-8", "replace"))
    return number - (1 << 32) if number >= 1 << 31 else number


def fresh_postings(terms: Sequence[str]) -> bytes:
    counted = Counter(map(term_number, terms))
    postings = np.empty(len(counted), FRESH)
    postings["term"] = np.fromiter(counted.keys(), np.int64, len(counted))
    postings["occurrences"] = np.minimum(np.fromiter(counted.values(), np.int64, len(counted)), MOST_OCCURRENCES)
    return postings.tobytes()


def fresh_from(rows: Sequence[bytes]) -> tuple[Any, Any, Any]:
    """Of many chunks: the place of each posting's chunk among `rows`, its term, its occurrences."""
    postings = np.frombuffer(b"".join(rows), FRESH)
    places = np.repeat(np.arange(len(rows)), [len(row) // FRESH.itemsize for row in rows])
    return places, postings["term"].astype(np.int32), postings["occurrences"].astype(np.float32)


def inverted(rows: Sequence[bytes], lengths: Sequence[int], first_ordinal: int) -> Iterable[tuple[int, bytes]]:
    """The postings of chunks, numbered from `first_ordinal` in the order of `rows`, by term."""
    places, terms, occurrences = fresh_from(rows)
    order = np.argsort(terms, kind="stable")
    postings = np.empty(len(order), POSTING)
    postings["ordinal"] = places[order] + first_ordinal
    postings["occurrences"] = occurrences[order]
    postings["length"] = np.minimum(np.asarray(lengths), LONGEST)[places[order]] if len(order) else 0
    known, starts = np.unique(terms[order], return_index=True)
    ends = [*starts[1:].tolist(), len(order)]
    for term, start, end in zip(known.tolist(), starts.tolist(), ends, strict=True):
        yield term, postings[start:end].tobytes()


def postings_from(packed: bytes) -> Any:
    return np.frombuffer(packed, POSTING)
