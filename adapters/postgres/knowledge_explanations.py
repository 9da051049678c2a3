"""Says of a search how it came to its answer."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from adapters.postgres.hybrid_ranking import DENSE, LEXICAL, HybridRanker, HybridRanking
from adapters.postgres.knowledge_search import findings_of
from adapters.postgres.metadata_filter import json_path
from application.ports.knowledge import Search
from application.ports.text_analyzer import TextAnalyzer
from domain.ids import ChunkId
from domain.knowledge.explanation import ChunkReport, Explanation, LegReport, Verdict

CHUNK: Final = """
SELECT chunk.corpus_id, chunk.content, document.title,
       coalesce(document.attributes @@ $3::jsonpath, $3 IS NULL) AS fulfils
FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
WHERE chunk.id = $1 AND document.user_id = $2
"""


class PostgresKnowledgeExplanations:
    def __init__(self, analyzer: TextAnalyzer, ranker: HybridRanker) -> None:
        self._analyzer = analyzer
        self._ranker = ranker

    async def explain(self, wanted: Search, chunk_id: ChunkId | None = None) -> Explanation:
        async with self._ranker.ranked(wanted) as ranking:
            words = [sorted(readings) for readings in self._analyzer.query(wanted.query, ranking.scope.languages)]
            return Explanation(
                findings=await findings_of(ranking, wanted.top_k),
                corpora=len(ranking.scope.corpora),
                legs={name: _report(ranking, name) for name in (DENSE, LEXICAL)},
                terms=[readings[0] for readings in words],
                chunk=None if chunk_id is None else await self._chunk(wanted, chunk_id, ranking, words),
            )

    async def _chunk(
        self, wanted: Search, chunk_id: ChunkId, ranking: HybridRanking, words: Sequence[Sequence[str]]
    ) -> ChunkReport:
        row = await ranking.snapshot.row(CHUNK, chunk_id, wanted.owner_id, json_path(wanted.where))
        if row is None:
            return ChunkReport(chunk_id=chunk_id, verdict=Verdict.UNKNOWN)
        rank = next((at for at, (each, _) in enumerate(ranking.ranked, 1) if each == chunk_id), None)
        analysis = self._analyzer.document(row["content"])
        terms = {*analysis.terms, *self._analyzer.title(row["title"], analysis.language)}
        return ChunkReport(
            chunk_id=chunk_id,
            verdict=_verdict(row, ranking, rank, wanted.top_k),
            rank=rank,
            components=ranking.components().get(chunk_id, {}),
            terms=[next(each for each in readings if each in terms) for readings in words if terms & {*readings}],
            missing=[readings[0] for readings in words if not terms & {*readings}],
        )


def _report(ranking: HybridRanking, leg: str) -> LegReport:
    theirs = [each for each in ranking.legs if each.leg == leg]
    return LegReport(
        found=sum(len(each.found) for each in theirs), weight=max((each.share for each in theirs), default=0.0)
    )


def _verdict(row: asyncpg.Record, ranking: HybridRanking, rank: int | None, top_k: int) -> Verdict:
    if row["corpus_id"] not in ranking.scope.ids:
        return Verdict.OUT_OF_SCOPE
    if not row["fulfils"]:
        return Verdict.FILTERED
    if rank is None:
        return Verdict.NOT_RANKED
    return Verdict.FOUND if rank <= top_k else Verdict.RANKED_LOWER
