"""Chunks by the terms that they share with the query: all of them, exactly."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from adapters.postgres.bm25 import Bm25, best_slots
from adapters.postgres.database import Database
from adapters.postgres.legs import DEPTH, Leg
from adapters.postgres.posting_lists import term_number
from adapters.postgres.search_scope import SearchScope
from adapters.postgres.term_lists import HOLDINGS, TermLists
from application.ports.text_analyzer import TextAnalyzer

FRESH_FULFILLING: Final = """
SELECT chunk.id FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
WHERE chunk.id = ANY($1::uuid[]) AND document.attributes @@ $2::jsonpath
"""
SETTLED_FULFILLING: Final = """
SELECT place.corpus_id, string_agg(int4send(place.ordinal), ''::bytea) AS ordinals,
       (SELECT min(first_ordinal) FROM knowledge_segments AS segment WHERE segment.corpus_id = place.corpus_id) AS first
FROM knowledge_documents AS document
JOIN knowledge_chunks AS chunk ON chunk.document_id = document.id
JOIN knowledge_ordinals AS place ON place.chunk_id = chunk.id
WHERE document.corpus_id = ANY($1::uuid[]) AND document.attributes @@ $2::jsonpath
GROUP BY place.corpus_id
"""
CHUNKS: Final = """
SELECT wanted.slot, place.chunk_id, place.chunk_id IS NULL AND wanted.ordinal < (
    SELECT min(first_ordinal) FROM knowledge_segments AS segment WHERE segment.corpus_id = wanted.corpus_id
) AS is_numbered_anew
FROM unnest($1::uuid[], $2::int[], $3::int[]) AS wanted (corpus_id, ordinal, slot)
LEFT JOIN knowledge_ordinals AS place ON place.corpus_id = wanted.corpus_id AND place.ordinal = wanted.ordinal
"""
"""New numbers follow the old ones, so those before the first segment are of another time."""
LOOKED_UP: Final = DEPTH + DEPTH // 4
"""How many candidates are looked up at first: some may be of documents that are gone."""


class NumberedAnew(Exception):
    """The chunks of a corpus have got other numbers since its postings were read."""


class LexicalLeg:
    def __init__(self, database: Database, analyzer: TextAnalyzer) -> None:
        self._database = database
        self._analyzer = analyzer

    async def find(self, scope: SearchScope, query: str, json_path: str | None) -> Leg:
        words = self._analyzer.query(query, scope.languages)
        if not words:
            return Leg([], 0.0)
        while True:
            with suppress(NumberedAnew):
                return await self._found(scope, words, json_path)

    async def _found(self, scope: SearchScope, words: Sequence[Collection[str]], json_path: str | None) -> Leg:
        terms = {term_number(term) for readings in words for term in readings}
        lists = TermLists(await self._database.rows(HOLDINGS, scope.ids, sorted(terms)))
        ranking = scored(lists, words)
        if json_path is not None:
            ranking.scores *= await self._fulfilling(scope, lists, json_path)
        return Leg(await self._best(lists, ranking), ranking.share_known)

    async def _fulfilling(self, scope: SearchScope, lists: TermLists, json_path: str) -> object:
        settled = await self._database.rows(SETTLED_FULFILLING, scope.ids, json_path)
        fresh = await self._database.rows(FRESH_FULFILLING, lists.fresh_ids, json_path)
        if any(lists.first_ordinal(row["corpus_id"]) not in {None, row["first"]} for row in settled):
            raise NumberedAnew
        return lists.slots_of({row["corpus_id"]: row["ordinals"] for row in settled}, [row["id"] for row in fresh])

    async def _best(self, lists: TermLists, ranking: Bm25) -> Sequence[tuple[UUID, float]]:
        """Slots of removed chunks lead nowhere; then the search goes on further down."""
        wanted = LOOKED_UP
        while True:
            slots = best_slots(ranking.scores, wanted)
            chunks = await self._chunks(lists, slots)
            found = [(chunks[slot], float(ranking.scores[slot])) for slot in slots if slot in chunks]
            if len(found) >= DEPTH or len(slots) < wanted:
                return found[:DEPTH]
            wanted *= 8

    async def _chunks(self, lists: TermLists, slots: Sequence[int]) -> dict[int, UUID]:
        first_fresh = lists.settled_slots
        chunks = {slot: lists.fresh_ids[slot - first_fresh] for slot in slots if slot >= first_fresh}
        settled = [slot for slot in slots if slot < first_fresh]
        if settled:
            rows = await self._database.rows(CHUNKS, *lists.places(settled), settled)
            if any(row["is_numbered_anew"] for row in rows):
                raise NumberedAnew
            chunks.update((row["slot"], row["chunk_id"]) for row in rows if row["chunk_id"] is not None)
        return chunks


def scored(lists: TermLists, words: Sequence[Collection[str]]) -> Bm25:
    ranking = Bm25(slots=lists.slots, chunks=lists.chunks, total_length=lists.total_length)
    for readings in words:
        ranking.add([lists.postings(term) for term in readings])
    return ranking
