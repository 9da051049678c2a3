"""Chunks by the terms that they share with the query: all of them, exactly."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from adapters.postgres.bm25 import Bm25, best_slots
from adapters.postgres.database import Rows
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
_CHUNKS: Final = """
SELECT wanted.slot, place.chunk_id, place.chunk_id IS NULL AND wanted.ordinal < (
    SELECT min(first_ordinal) FROM knowledge_segments AS segment WHERE segment.corpus_id = wanted.corpus_id
) AS is_numbered_anew, {fulfils} AS fulfils
FROM unnest($1::uuid[], $2::int[], $3::int[]) AS wanted (corpus_id, ordinal, slot)
LEFT JOIN knowledge_ordinals AS place ON place.corpus_id = wanted.corpus_id AND place.ordinal = wanted.ordinal
"""
"""New numbers follow the old ones, so those before the first segment are of another time."""
CHUNKS: Final = _CHUNKS.format(fulfils="true")
CHUNKS_FULFILLING: Final = _CHUNKS.format(
    fulfils="""(
    SELECT document.attributes @@ $4::jsonpath
    FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
    WHERE chunk.id = place.chunk_id
)"""
)
LOOKED_UP: Final = DEPTH + DEPTH // 4
"""How many candidates are looked up at first: some may be of documents that are gone."""
FURTHER: Final = 8
"""So many times as many are looked up next."""
ASKED: Final = FURTHER * LOOKED_UP
"""How many of the best at most are asked whether they fulfil conditions, before all that do are gathered."""


class NumberedAnew(Exception):
    """The chunks of a corpus have got other numbers since its postings were read."""


class LexicalLeg:
    def __init__(self, database: Rows, analyzer: TextAnalyzer) -> None:
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
        return Leg(await self._best(scope, lists, ranking, json_path), ranking.share_known)

    async def _fulfilling(self, scope: SearchScope, lists: TermLists, json_path: str) -> object:
        settled = await self._database.rows(SETTLED_FULFILLING, scope.ids, json_path)
        fresh = await self._database.rows(FRESH_FULFILLING, lists.fresh_ids, json_path)
        if any(lists.first_ordinal(row["corpus_id"]) not in {None, row["first"]} for row in settled):
            raise NumberedAnew
        return lists.slots_of({row["corpus_id"]: row["ordinals"] for row in settled}, [row["id"] for row in fresh])

    async def _best(
        self, scope: SearchScope, lists: TermLists, ranking: Bm25, json_path: str | None
    ) -> Sequence[tuple[UUID, float]]:
        """Slots of removed chunks, or of those that do not fulfil conditions, lead nowhere; then the search goes on
        further down."""
        wanted, found_before = LOOKED_UP, DEPTH
        while True:
            if json_path is not None and (wanted > ASKED or found_before * FURTHER < DEPTH):
                ranking.scores *= await self._fulfilling(scope, lists, json_path)
                wanted, json_path = LOOKED_UP, None
            slots = best_slots(ranking.scores, wanted)
            chunks = await self._chunks(lists, slots, json_path)
            found = [(chunks[slot], float(ranking.scores[slot])) for slot in slots if slot in chunks]
            if len(found) >= DEPTH or len(slots) < wanted:
                return found[:DEPTH]
            wanted, found_before = wanted * FURTHER, len(found)

    async def _chunks(self, lists: TermLists, slots: Sequence[int], json_path: str | None) -> Mapping[int, UUID]:
        fresh = {slot: lists.fresh_id(slot) for slot in slots if slot >= lists.settled_slots}
        if fresh and json_path is not None:
            rows = await self._database.rows(FRESH_FULFILLING, [*fresh.values()], json_path)
            fulfilling = {row["id"] for row in rows}
            fresh = {slot: chunk_id for slot, chunk_id in fresh.items() if chunk_id in fulfilling}
        return fresh | await self._settled(lists, [slot for slot in slots if slot < lists.settled_slots], json_path)

    async def _settled(self, lists: TermLists, slots: Sequence[int], json_path: str | None) -> dict[int, UUID]:
        if not slots:
            return {}
        places = lists.places(slots)
        if json_path is None:
            rows = await self._database.rows(CHUNKS, *places, slots)
        else:
            rows = await self._database.rows(CHUNKS_FULFILLING, *places, slots, json_path)
        if any(row["is_numbered_anew"] for row in rows):
            raise NumberedAnew
        return {row["slot"]: row["chunk_id"] for row in rows if row["chunk_id"] is not None and row["fulfils"]}


def scored(lists: TermLists, words: Sequence[Collection[str]]) -> Bm25:
    ranking = Bm25(slots=lists.slots, chunks=lists.chunks, total_length=lists.total_length)
    for readings in words:
        ranking.add([lists.postings(term) for term in readings])
    return ranking
