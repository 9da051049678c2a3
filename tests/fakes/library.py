"""Corpora, documents and their search, in memory: every chunk is looked at, every time."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import ge, gt, le, lt
from typing import Any, TypeAlias

from application.ports.chunk_index import ChunkBatch, NewChunk
from application.ports.embedders import Embedders
from application.ports.knowledge import Search, SearchMode
from application.ports.text_analyzer import Analysis, TextAnalyzer
from domain.errors import DomainError
from domain.ids import ChunkId, CorpusId, DocumentId, UserId
from domain.knowledge.conditions import Comparison, Condition
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.explanation import ChunkReport, Explanation, LegReport, Verdict
from domain.knowledge.findings import Findings
from domain.knowledge.match import Component, Match
from domain.knowledge.ranking import Ranking, fused
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType
from domain.values.json import Json, JsonObject
from tests.fakes.ingestion_journal import fitting

Legs: TypeAlias = Sequence[tuple[str, Mapping[ChunkId, float]]]

ORDERED = {Comparison.ABOVE: gt, Comparison.AT_LEAST: ge, Comparison.BELOW: lt, Comparison.AT_MOST: le}


@dataclass(frozen=True)
class Ranked:
    """The dense leg is there once for each embedding space."""

    legs: Legs
    ranked: Sequence[tuple[ChunkId, float]]
    warnings: Sequence[str]


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
    """Keeps what `ChunkIndex`, `KnowledgeSearch` and `KnowledgeExplanations` promise.

    `corpora` says whose a corpus is, and what it belongs to; `spaces` where its vectors lie.
    """

    def __init__(self, analyzer: TextAnalyzer, embedders: Embedders) -> None:
        self._analyzer = analyzer
        self._embedders = embedders
        self.corpora: dict[CorpusId, tuple[UserId, Scope]] = {}
        self.documents: dict[DocumentId, Held] = {}
        self.spaces: dict[CorpusId, EmbeddingSpace] = {}
        self._spaces: dict[ChunkId, EmbeddingSpace] = {}

    async def stage(self, batch: ChunkBatch) -> bool:
        held = self._ours(batch)
        if held is None:
            return False
        self._spaces.update((chunk.id, batch.space) for chunk in batch.chunks)
        held.staged.update((chunk.index, chunk) for chunk in batch.chunks)
        return True

    async def keep_staged(
        self, document_id: DocumentId, *, epoch: int, space: EmbeddingSpace, texts: Sequence[str]
    ) -> int:
        held = self.documents[document_id]
        if not held.is_processing or held.epoch != epoch:
            return 0
        held.staged = dict(fitting(held.staged, self._spaces, space, texts))
        return len(held.staged)

    async def publish(self, batches: Sequence[ChunkBatch]) -> Collection[DocumentId]:
        published = []
        for batch in batches:
            if (held := self._ours(batch)) and self.spaces.setdefault(held.corpus_id, batch.space) == batch.space:
                held.published = {**held.staged, **{chunk.index: chunk for chunk in batch.chunks}}
                held.staged, held.is_processing = {}, False
                published.append(batch.document_id)
        return published

    async def remove(self, document_ids: Sequence[DocumentId]) -> None:
        for each in document_ids:
            self.documents[each].staged, self.documents[each].published = {}, {}

    async def search(self, wanted: Search) -> Findings:
        return self._findings(wanted, await self._ranked(wanted))

    async def explain(self, wanted: Search, chunk_id: ChunkId | None = None) -> Explanation:
        ranking = await self._ranked(wanted)
        legs, ranked = ranking.legs, ranking.ranked
        languages = sorted({self._analysis(*each).language for each in self._searched(wanted)})
        words = [sorted(readings) for readings in self._analyzer.query(wanted.query, languages)]
        reports = {
            name: LegReport(found=sum(len(found) for leg, found in legs if leg == name), weight=1.0)
            for name in ("dense", "lexical")
        }
        report = None if chunk_id is None else self._report(wanted, chunk_id, legs, [each for each, _ in ranked], words)
        corpora = {each.corpus_id for each in self.documents.values()}
        terms = [readings[0] for readings in words]
        findings = self._findings(wanted, ranking)
        return Explanation(findings=findings, corpora=len(corpora), legs=reports, terms=terms, chunk=report)

    def _findings(self, wanted: Search, ranking: Ranked) -> Findings:
        found = {chunk.id: (document_id, chunk) for document_id, chunk in self._searched(wanted)}
        matches = [
            self._match(*found[chunk_id], score, _components(ranking.legs, chunk_id))
            for chunk_id, score in ranking.ranked[: wanted.top_k]
        ]
        return Findings(matches=matches, warnings=ranking.warnings)

    def _report(
        self,
        wanted: Search,
        chunk_id: ChunkId,
        legs: Legs,
        ranked: Sequence[ChunkId],
        words: Sequence[Sequence[str]],
    ) -> ChunkReport:
        everything = replace(wanted, scope=EVERYWHERE, where=())
        analysis = next((self._analysis(*each) for each in self._searched(everything) if each[1].id == chunk_id), None)
        if analysis is None:
            return ChunkReport(chunk_id=chunk_id, verdict=Verdict.UNKNOWN)
        terms = analysis.terms
        return ChunkReport(
            chunk_id=chunk_id,
            verdict=self._verdict(wanted, chunk_id, ranked),
            rank=ranked.index(chunk_id) + 1 if chunk_id in ranked else None,
            components=_components(legs, chunk_id),
            terms=[each for readings in words for each in readings if each in terms],
            missing=[readings[0] for readings in words if not {*readings} & {*terms}],
        )

    def _verdict(self, wanted: Search, chunk_id: ChunkId, ranked: Sequence[ChunkId]) -> Verdict:
        if chunk_id not in {chunk.id for _, chunk in self._searched(replace(wanted, where=()))}:
            return Verdict.OUT_OF_SCOPE
        if chunk_id not in {chunk.id for _, chunk in self._searched(wanted)}:
            return Verdict.FILTERED
        if chunk_id not in ranked:
            return Verdict.NOT_RANKED
        return Verdict.FOUND if ranked.index(chunk_id) < wanted.top_k else Verdict.RANKED_LOWER

    async def _ranked(self, wanted: Search) -> Ranked:
        searched = list(self._searched(wanted))
        legs, warnings = list[tuple[str, Mapping[ChunkId, float]]](), list[str]()
        apart = dict[EmbeddingSpace, list[NewChunk]]()
        for of, chunk in searched if wanted.mode is not SearchMode.LEXICAL else ():
            apart.setdefault(self.spaces[self.documents[of].corpus_id], []).append(chunk)
        for space, chunks in apart.items():
            try:
                legs.append(("dense", await self._by_vector(wanted.query, space, chunks)))
            except DomainError as refusal:
                if wanted.mode is SearchMode.DENSE:
                    raise
                warnings.append(f'"{space.name}" was searched by words alone: {refusal}')
        if wanted.mode is not SearchMode.DENSE:
            analyses = {chunk.id: self._analysis(of, chunk) for of, chunk in searched}
            legs.append(("lexical", self._by_words(wanted.query, analyses)))
        together = float(len({name for name, _ in legs}))
        return Ranked(legs, fused([Ranking(_best_first(leg)) for _, leg in legs], together=together), warnings)

    def _analysis(self, document_id: DocumentId, chunk: NewChunk) -> Analysis:
        analysis = self._analyzer.document(chunk.text)
        title = self._analyzer.title(self.documents[document_id].title, analysis.language)
        return Analysis(analysis.language, [*title, *analysis.terms])

    def _ours(self, batch: ChunkBatch) -> Held | None:
        held = self.documents.get(batch.document_id)
        return held if held and held.is_processing and held.epoch == batch.epoch else None

    def _searched(self, wanted: Search) -> Iterator[tuple[DocumentId, NewChunk]]:
        for document_id, held in self.documents.items():
            owner_id, scope = self.corpora[held.corpus_id]
            is_looked_at = owner_id == wanted.owner_id and is_meant(held.corpus_id, scope, wanted.scope)
            if is_looked_at and all(fulfils(held.metadata, condition) for condition in wanted.where):
                yield from ((document_id, chunk) for chunk in held.published.values())

    async def _by_vector(
        self, query: str, space: EmbeddingSpace, chunks: Sequence[NewChunk]
    ) -> Mapping[ChunkId, float]:
        vector = await self._embedders.of(space).embed_query(query)
        pointing = [chunk for chunk in chunks if any(chunk.vector)] if any(vector) else []
        return {chunk.id: cosine for chunk in pointing if (cosine := _cosine(vector, chunk.vector)) > 0}

    def _by_words(self, query: str, analyses: Mapping[ChunkId, Analysis]) -> Mapping[ChunkId, float]:
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


def _best_first(leg: Mapping[ChunkId, float]) -> Sequence[ChunkId]:
    return sorted(leg, key=lambda each: -leg[each])


def _components(legs: Legs, chunk_id: ChunkId) -> Mapping[str, Component]:
    return {
        name: Component(_best_first(leg).index(chunk_id) + 1, leg[chunk_id]) for name, leg in legs if chunk_id in leg
    }
