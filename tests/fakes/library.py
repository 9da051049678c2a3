"""Corpora, documents and their search, in memory: every chunk is looked at, every time."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import ge, gt, le, lt
from typing import Any

from application.ports.chunk_index import ChunkBatch, NewChunk
from application.ports.embedder import Embedder
from application.ports.knowledge import Search, SearchMode
from application.ports.text_analyzer import TextAnalyzer
from domain.ids import ChunkId, CorpusId, DocumentId, UserId
from domain.knowledge.conditions import Comparison, Condition
from domain.knowledge.match import Component, Match
from domain.knowledge.ranking import Ranking, fused
from domain.knowledge.scope import Scope, ScopeType
from domain.values.json import Json, JsonObject

ORDERED = {Comparison.ABOVE: gt, Comparison.AT_LEAST: ge, Comparison.BELOW: lt, Comparison.AT_MOST: le}


@dataclass
class Held:
    corpus_id: CorpusId
    title: str
    metadata: JsonObject
    epoch: int = 1
    is_processing: bool = True
    staged: dict[int, NewChunk] = field(default_factory=dict)
    published: dict[int, NewChunk] = field(default_factory=dict)


class FakeLibrary:
    """Keeps `ChunkIndex` and `KnowledgeSearch`. `corpora` says whose a corpus is, and what it belongs to."""

    def __init__(self, analyzer: TextAnalyzer, embedder: Embedder) -> None:
        self._analyzer = analyzer
        self._embedder = embedder
        self.corpora: dict[CorpusId, tuple[UserId, Scope]] = {}
        self.documents: dict[DocumentId, Held] = {}

    async def stage(self, batch: ChunkBatch) -> bool:
        held = self._ours(batch)
        if held is None:
            return False
        held.staged.update((chunk.index, chunk) for chunk in batch.chunks)
        return True

    async def staged(self, document_id: DocumentId) -> int:
        staged = self.documents[document_id].staged
        return next(index for index in range(len(staged) + 1) if index not in staged)

    async def publish(self, batches: Sequence[ChunkBatch]) -> Collection[DocumentId]:
        published = []
        for batch in batches:
            if held := self._ours(batch):
                held.published = {**held.staged, **{chunk.index: chunk for chunk in batch.chunks}}
                held.staged, held.is_processing = {}, False
                published.append(batch.document_id)
        return published

    async def remove(self, document_ids: Sequence[DocumentId]) -> None:
        for each in document_ids:
            self.documents[each].staged, self.documents[each].published = {}, {}

    async def search(self, wanted: Search) -> Sequence[Match]:
        found = {chunk.id: (document_id, chunk) for document_id, chunk in self._searched(wanted)}
        chunks = [chunk for _, chunk in found.values()]
        texts = {id: f"{self.documents[of].title}\n{chunk.text}" for id, (of, chunk) in found.items()}
        legs: dict[str, Mapping[ChunkId, float]] = {}
        if wanted.mode is not SearchMode.LEXICAL:
            legs["dense"] = await self._by_vector(wanted.query, chunks)
        if wanted.mode is not SearchMode.DENSE:
            legs["lexical"] = self._by_words(wanted.query, texts)
        rankings = {name: Ranking(sorted(leg, key=lambda each: -leg[each])) for name, leg in legs.items()}
        return [
            self._match(*found[chunk_id], score, _components(rankings, legs, chunk_id))
            for chunk_id, score in fused(rankings)[: wanted.top_k]
        ]

    def _ours(self, batch: ChunkBatch) -> Held | None:
        held = self.documents.get(batch.document_id)
        return held if held and held.is_processing and held.epoch == batch.epoch else None

    def _searched(self, wanted: Search) -> Iterator[tuple[DocumentId, NewChunk]]:
        for document_id, held in self.documents.items():
            owner_id, scope = self.corpora[held.corpus_id]
            is_looked_at = owner_id == wanted.owner_id and is_meant(held.corpus_id, scope, wanted.scope)
            if is_looked_at and all(fulfils(held.metadata, condition) for condition in wanted.where):
                yield from ((document_id, chunk) for chunk in held.published.values())

    async def _by_vector(self, query: str, chunks: Sequence[NewChunk]) -> Mapping[ChunkId, float]:
        vector = await self._embedder.embed_query(query)
        return {chunk.id: _cosine(vector, chunk.vector) for chunk in chunks} if any(vector) else {}

    def _by_words(self, query: str, texts: Mapping[ChunkId, str]) -> Mapping[ChunkId, float]:
        analyses = {chunk_id: self._analyzer.document(text) for chunk_id, text in texts.items()}
        words = self._analyzer.query(query, sorted({each.language for each in analyses.values()}))
        scores: dict[ChunkId, float] = {}
        for readings in words:
            holders = {id: n for id, each in analyses.items() if (n := sum(map(each.terms.count, readings)))}
            for chunk_id, occurrences in holders.items():
                rarity = math.log(1 + len(analyses) / len(holders))
                scores[chunk_id] = scores.get(chunk_id, 0.0) + rarity * occurrences / (occurrences + 1)
        return scores

    def _match(
        self, document_id: DocumentId, chunk: NewChunk, score: float, components: Mapping[str, Component]
    ) -> Match:
        held = self.documents[document_id]
        return Match(
            corpus_id=held.corpus_id,
            document_id=document_id,
            chunk_id=chunk.id,
            chunk_index=chunk.index,
            score=score,
            content=chunk.text,
            title=held.title,
            source_type="inline",
            metadata=chunk.metadata,
            components=components,
        )


def is_meant(corpus_id: CorpusId, scope: Scope, wanted: Scope) -> bool:
    by_workflow = wanted.type is not ScopeType.EXECUTION
    by_execution = wanted.type is not ScopeType.WORKFLOW
    return (
        wanted.corpus_id in (None, corpus_id)
        and wanted.type in (None, scope.type)
        and (not by_workflow or wanted.workflow_id in (None, scope.workflow_id))
        and (not by_execution or wanted.execution_id in (None, scope.execution_id))
    )


def fulfils(metadata: Json, condition: Condition) -> bool:
    there = metadata
    for key in condition.path:
        if not isinstance(there, dict) or key not in there:
            return condition.comparison is Comparison.EXISTS and not condition.values[0]
        there = there[key]
    if condition.comparison is Comparison.EXISTS:
        return bool(condition.values[0])
    items = there if isinstance(there, list) else [there]
    return any(_compares(item, condition.comparison, value) for item in items for value in condition.values)


def _compares(item: Any, comparison: Comparison, value: Any) -> bool:
    if _kind(item) != _kind(value):
        return False
    if comparison in ORDERED:
        return item is not None and bool(ORDERED[comparison](item, value))
    return bool(item == value)


def _kind(value: object) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    lengths = math.hypot(*one) * math.hypot(*other)
    return sum(map(float.__mul__, map(float, one), map(float, other))) / lengths if lengths else 0.0


def _components(
    rankings: Mapping[str, Ranking[ChunkId]], legs: Mapping[str, Mapping[ChunkId, float]], chunk_id: ChunkId
) -> Mapping[str, Component]:
    return {
        name: Component(ranking.found.index(chunk_id) + 1, legs[name][chunk_id])
        for name, ranking in rankings.items()
        if chunk_id in legs[name]
    }
