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

POSTING: Final = np.dtype([("term", ">i4"), ("ordinal", ">i4"), ("occurrences", "u1"), ("length", ">u2")])
"""One posting in a segment, where postings are in the order of terms and ordinals."""

PAGE_BYTES: Final = 1500
"""What a page has at least; more only when its last term takes it."""


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


def inverted(rows: Sequence[bytes], lengths: Sequence[int], first_ordinal: int) -> Any:
    """The postings of chunks, numbered from `first_ordinal` in the order of `rows`."""
    places, terms, occurrences = fresh_from(rows)
    postings = np.empty(len(terms), POSTING)
    postings["term"] = terms
    postings["ordinal"] = places + first_ordinal
    postings["occurrences"] = occurrences
    postings["length"] = np.minimum(np.asarray(lengths, np.int64), LONGEST)[places]
    return _in_order(postings, np.argsort(terms, kind="stable"))


def joined(pages: Sequence[bytes]) -> Any:
    """The postings of all these pages, which come in the order of their ordinals."""
    postings = postings_from(b"".join(pages))
    return _in_order(postings, np.argsort(postings["term"].astype(np.int32), kind="stable"))


def renumbered(pages: Sequence[bytes], ordinals: Any, number: int) -> tuple[Any, int]:
    """The postings of these ordinals, which count from `number` on then, and how long their chunks are together."""
    postings = postings_from(b"".join(pages))
    places = np.searchsorted(ordinals, postings["ordinal"])
    is_kept = ordinals[np.minimum(places, len(ordinals) - 1)] == postings["ordinal"]
    kept = postings.view(f"V{POSTING.itemsize}")[is_kept].view(POSTING)
    kept["ordinal"] = places[is_kept] + number
    _, once = np.unique(places[is_kept], return_index=True)
    return kept, int(kept["length"][once].astype(np.int64).sum())


def _in_order(postings: Any, order: Any) -> Any:
    """As blocks of bytes: taken as records they would be copied number by number, which takes forty times as long."""
    return postings.view(f"V{POSTING.itemsize}").take(order).view(POSTING)


def paged(postings: Any) -> Iterable[tuple[int, bytes]]:
    """Pages, each with the last of its terms; all postings of a term are on one page."""
    terms = postings["term"].astype(np.int32)
    ends = [*(np.flatnonzero(np.diff(terms)) + 1).tolist(), len(terms)] if len(terms) else []
    start = 0
    for end in ends:
        if (end - start) * POSTING.itemsize >= PAGE_BYTES or end == len(terms):
            yield int(terms[end - 1]), postings[start:end].tobytes()
            start = end


def postings_from(packed: bytes) -> Any:
    return np.frombuffer(packed, POSTING)
