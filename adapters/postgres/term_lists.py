"""What the corpora in scope hold for the terms of a query, as of one moment."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final
from uuid import UUID

import asyncpg
import numpy as np

from adapters.postgres.bm25 import Postings
from adapters.postgres.posting_lists import FRESH as FRESH_POSTING
from adapters.postgres.posting_lists import POSTING, postings_from, term_number

SETTLED, FRESH, PAGE = 0, 1, 2

HOLDINGS: Final = f"""
SELECT {SETTLED} AS kind, corpus_id AS id, min(first_ordinal) AS first, max(first_ordinal + chunk_count) AS number,
       sum(chunk_count)::bigint AS chunks, sum(total_length)::bigint AS length, NULL::bytea AS packed,
       NULL::bytea AS ids, NULL::bytea AS lengths, NULL::bytea AS sizes
FROM knowledge_segments WHERE corpus_id = ANY($1::uuid[]) GROUP BY corpus_id
UNION ALL
SELECT {FRESH}, NULL, 0, 0, count(*), sum(length), string_agg(postings, ''), string_agg(uuid_send(chunk_id), ''),
       string_agg(int4send(length), ''), string_agg(int4send(octet_length(postings)), '')
FROM knowledge_fresh_terms WHERE corpus_id = ANY($1::uuid[]) HAVING count(*) > 0
UNION ALL
SELECT {PAGE}, segment.corpus_id, 0, wanted.term, 0, 0, page.postings, NULL, NULL, NULL
FROM knowledge_segments AS segment CROSS JOIN unnest($2::int[]) AS wanted (term) CROSS JOIN LATERAL (
    SELECT postings FROM knowledge_postings AS page
    WHERE page.corpus_id = segment.corpus_id AND page.segment = segment.first_ordinal AND page.last_term >= wanted.term
    ORDER BY page.last_term LIMIT 1
) AS page
WHERE segment.corpus_id = ANY($1::uuid[])
"""
"""One statement sees one state: a chunk is either fresh or settled in it, never both and never neither. What is fresh
comes in one piece: where there are many small corpora, it is thousands of chunks."""


NOTHING_FRESH: Final = {"packed": b"", "ids": b"", "lengths": b"", "sizes": b""}


class FreshTerms:
    """The terms of chunks that are not settled, by their place among these. Most of it is never looked at."""

    def __init__(self, row: Mapping[str, bytes]) -> None:
        self._ids = row["ids"]
        self._lengths = np.frombuffer(row["lengths"], ">i4")
        self._ends = np.cumsum(np.frombuffer(row["sizes"], ">i4") // FRESH_POSTING.itemsize)
        self._packed = np.frombuffer(row["packed"], FRESH_POSTING)
        self._terms = self._packed["term"].astype(np.int32)

    @property
    def chunks(self) -> int:
        return len(self._lengths)

    def id(self, place: int) -> UUID:
        return UUID(bytes=self._ids[16 * place : 16 * (place + 1)])

    def postings(self, number: int) -> Postings:
        """With places for slots."""
        here = np.flatnonzero(self._terms == number)
        places = np.searchsorted(self._ends, here, side="right")
        occurrences = self._packed["occurrences"][here].astype(np.float32)
        return Postings(places, occurrences, self._lengths[places].astype(np.float32))


class TermLists:
    """Gives every chunk a slot: those of each corpus by ordinal, one corpus after the other, then the fresh ones.

    Ordinals begin anywhere; slots do not.
    """

    def __init__(self, rows: Sequence[asyncpg.Record]) -> None:
        settled = [row for row in rows if row["kind"] == SETTLED]
        counted = [row for row in rows if row["kind"] in (SETTLED, FRESH)]
        self.chunks: int = sum(row["chunks"] for row in counted)
        self.total_length: int = sum(row["length"] for row in counted)
        starts = list(accumulate((row["number"] - row["first"] for row in settled), initial=0))
        self._corpora = [row["id"] for row in settled]
        self._firsts: Mapping[UUID, int] = {row["id"]: row["first"] for row in settled}
        self._starts = np.array(starts)
        self._shifts = [start - row["first"] for start, row in zip(starts, settled, strict=False)]
        self._fresh = FreshTerms(next((dict(row) for row in rows if row["kind"] == FRESH), NOTHING_FRESH))
        self._pages: dict[int, tuple[list[bytes], list[int]]] = {}
        shift_of = dict(zip(self._corpora, self._shifts, strict=True))
        for _, corpus_id, _, term, _, _, packed, *_ in (row for row in rows if row["kind"] == PAGE):
            pages, shifts = self._pages.setdefault(term, ([], []))
            pages.append(packed)
            shifts.append(shift_of[corpus_id])

    @property
    def settled_slots(self) -> int:
        return int(self._starts[-1])

    @property
    def slots(self) -> int:
        return self.settled_slots + self._fresh.chunks

    @property
    def fresh_ids(self) -> list[UUID]:
        return [self._fresh.id(place) for place in range(self._fresh.chunks)]

    def fresh_id(self, slot: int) -> UUID:
        return self._fresh.id(slot - self.settled_slots)

    def first_ordinal(self, corpus_id: UUID) -> int | None:
        """None while all chunks of a corpus are fresh."""
        return self._firsts.get(corpus_id)

    def postings(self, term: str) -> Postings:
        number = term_number(term)
        settled = self._settled_postings(number)
        fresh = self._fresh.postings(number)
        if not len(fresh.slots):
            return settled
        return Postings(
            np.concatenate((settled.slots, fresh.slots + self.settled_slots)),
            np.concatenate((settled.occurrences, fresh.occurrences)),
            np.concatenate((settled.lengths, fresh.lengths)),
        )

    def _settled_postings(self, number: int) -> Postings:
        """What the pages that may have a term have of it. Masks of single columns: taking whole records by place
        would be ten times as slow."""
        pages, shifts = self._pages.get(number, ([], []))
        postings = postings_from(b"".join(pages))
        here = postings["term"] == number
        slots = postings["ordinal"][here].astype(np.int64)
        if any(shifts):
            slots += np.repeat(shifts, [len(page) // POSTING.itemsize for page in pages])[here]
        occurrences, lengths = (postings[column][here].astype(np.float32) for column in ("occurrences", "length"))
        return Postings(slots, occurrences, lengths)

    def places(self, slots: Sequence[int]) -> tuple[list[UUID], list[int]]:
        """The corpora and the ordinals of settled slots."""
        at = np.searchsorted(self._starts, slots, side="right") - 1
        ordinals: list[int] = (np.asarray(slots) - np.array(self._shifts)[at]).tolist()
        return [self._corpora[each] for each in at], ordinals

    def slots_of(self, ordinals: Mapping[UUID, bytes], fresh_ids: Iterable[UUID]) -> Any:
        """True for the slots of these chunks: settled ones by corpus and packed ordinals, fresh ones by their id."""
        chosen = np.zeros(self.slots, bool)
        for at, corpus_id in enumerate(self._corpora):
            theirs = np.frombuffer(ordinals.get(corpus_id, b""), ">i4").astype(np.int64) + self._shifts[at]
            chosen[theirs[(theirs >= self._starts[at]) & (theirs < self._starts[at + 1])]] = True
        wanted = set(fresh_ids)
        chosen[self.settled_slots :] = [chunk_id in wanted for chunk_id in self.fresh_ids]
        return chosen
