"""What is measured with: somebody's corpora, and how often a search finds what reading all of them finds."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from adapters.embeddings.at_hand import EmbeddersAtHand
from adapters.language.snowball_analyzer import SnowballAnalyzer
from adapters.postgres.chunk_index import PostgresChunkIndex, vector_text
from adapters.postgres.database import Database
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.hybrid_ranking import HybridRanker
from adapters.postgres.knowledge_search import PostgresKnowledgeSearch
from adapters.postgres.metadata_filter import json_path
from adapters.postgres.settling import Settling
from application.ports.chunk_index import ChunkBatch, NewChunk
from application.ports.knowledge import Search, SearchMode
from domain.ids import ChunkId, CorpusId, DocumentId, UserId, WorkflowId
from domain.knowledge.conditions import Comparison, Condition
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType
from tests.bench.texts import Texts
from tests.contracts.libraries import ADD_CORPUS

BATCH = 64
LANES = 2
SPACE = EmbeddingSpace("bench", 512)
RARE = 10_000
"""One document of so many is marked as rare."""
ADD_WORKFLOW = "INSERT INTO workflows (id, user_id, name, nodes, edges) VALUES ($1, $2, 'W', '[]', '[]')"
ADD_DOCUMENTS = """
INSERT INTO knowledge_documents
    (id, corpus_id, user_id, title, content_text, content_hash, status, epoch, metadata, attributes)
SELECT id, $2, $3, '-', '', sha256(id::text::bytea), 'processing', 1, label::json, label::jsonb
FROM unnest($1::uuid[], $4::text[]) AS document (id, label)
"""
CORPORA = """
SELECT id FROM knowledge_corpora
WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR workflow_id = $3)
"""
NEAREST = """
SELECT chunk_id FROM knowledge_vectors AS vectors WHERE corpus_id = ANY($2::uuid[]) AND space_id = $3 {filter}
ORDER BY 0.0 + (embedding::halfvec({dimensions}) <=> $1::halfvec({dimensions})) LIMIT 10
"""
FULFILLING = """AND EXISTS (
    SELECT FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
    WHERE chunk.id = vectors.chunk_id AND document.attributes @@ $4::jsonpath
)"""
IS_RARE = (Condition(("mark",), Comparison.EQUALS, ["rare"]),)
IS_USUAL = (Condition(("mark",), Comparison.EQUALS, ["usual"]),)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is searched, and with what: queries are on the topics of these corpora, by number."""

    name: str
    scope: Scope = EVERYWHERE
    where: Sequence[Condition] = ()
    topics: Sequence[int]


@dataclass
class GivenVectors:
    """An embedder that was told the vectors of all queries."""

    space: EmbeddingSpace = SPACE
    known: dict[str, Sequence[float]] = field(default_factory=dict)

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [self.known[text] for text in texts]

    async def embed_query(self, text: str) -> Sequence[float]:
        return self.known[text]


@dataclass
class Holdings:
    """Each corpus has its own topic: the number of its place."""

    database: Database
    owner_id: UserId = field(default_factory=lambda: UserId(uuid4()))
    workflow_id: WorkflowId = field(default_factory=lambda: WorkflowId(uuid4()))
    embedder: GivenVectors = field(default_factory=GivenVectors)
    analyzer: SnowballAnalyzer = field(default_factory=SnowballAnalyzer)
    corpora: list[CorpusId] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    documents: int = 0

    async def fill(self, chunks: int, *, of_workflow: bool = False) -> None:
        """A new corpus."""
        corpus_id = CorpusId(uuid4())
        workflow_id = self.workflow_id if of_workflow else None
        await self.database.rows(ADD_CORPUS, corpus_id, self.owner_id, ScopeType.USER, workflow_id, None)
        texts = Texts(len(self.corpora), chunks=chunks, dimensions=SPACE.dimensions)
        self.sizes.append(chunks)
        self.corpora.append(corpus_id)
        sizes = iter([min(BATCH, chunks - start) for start in range(0, chunks, BATCH)])
        await asyncio.gather(*(self._publish(corpus_id, texts, sizes) for _ in range(LANES)))

    async def _publish(self, corpus_id: CorpusId, texts: Texts, sizes: Iterator[int]) -> None:
        index = PostgresChunkIndex(self.database, self.analyzer, Settling(self.database))
        for size in sizes:
            await index.publish(await self._batches(corpus_id, texts, size))

    async def _batches(self, corpus_id: CorpusId, texts: Texts, count: int) -> Sequence[ChunkBatch]:
        ids = [uuid4() for _ in range(count)]
        labels = [
            json.dumps({"mark": "usual" if at % RARE else "rare"})
            for at in range(self.documents, self.documents + count)
        ]
        self.documents += count
        await self.database.rows(ADD_DOCUMENTS, ids, corpus_id, self.owner_id, labels)
        drawn = zip(ids, texts.texts(count), texts.vectors(count).tolist(), strict=True)
        return [_batch(DocumentId(id), corpus_id, text, vector) for id, text, vector in drawn]

    def queries(self, topics: Sequence[int], count: int) -> Sequence[str]:
        """Short ones and long ones, each topic in its turn."""
        queries: list[str] = []
        for topic in topics:
            size = self.sizes[topic] if topic < len(self.sizes) else self.sizes[-1]
            texts = Texts(topic, chunks=size, seed=99, dimensions=SPACE.dimensions)
            each = -(-count // len(topics))
            drawn = [*texts.texts(each // 2, 4), *texts.texts(each - each // 2, 17)]
            self.embedder.known.update(zip(drawn, texts.vectors(each).tolist(), strict=True))
            queries += drawn
        return queries[:count]

    @property
    def search(self) -> PostgresKnowledgeSearch:
        return PostgresKnowledgeSearch(HybridRanker(self.database, self.analyzer, EmbeddersAtHand(self.embedder)))

    async def times(self, queries: Sequence[str], asked: Asked, mode: SearchMode) -> list[float]:
        """Milliseconds of one client, shortest first."""
        search, times = self.search, []
        for query in queries:
            begun = time.perf_counter()
            await search.search(self._wanted(query, asked, mode))
            times.append(1000 * (time.perf_counter() - begun))
        return sorted(times)

    async def throughput(self, queries: Sequence[str], asked: Asked, *, clients: int) -> float:
        """Hybrid searches a second, of several clients of one process."""
        search, waiting = self.search, iter(queries)

        async def ask() -> None:
            for query in waiting:
                await search.search(self._wanted(query, asked, SearchMode.HYBRID))

        begun = time.perf_counter()
        await asyncio.gather(*(ask() for _ in range(clients)))
        return len(queries) / (time.perf_counter() - begun)

    async def recall(self, queries: Sequence[str], asked: Asked) -> tuple[float, float]:
        """Of the ten nearest, how many are found; and the milliseconds that reading all of them takes."""
        shares, times = [], []
        for query in queries:
            begun = time.perf_counter()
            nearest = await self._nearest(self.embedder.known[query], asked)
            times.append(1000 * (time.perf_counter() - begun))
            findings = await self.search.search(self._wanted(query, asked, SearchMode.DENSE))
            found = {match.chunk_id for match in findings.matches}
            shares.append(len(found & nearest) / len(nearest))
        return sum(shares) / len(shares), sorted(times)[len(times) // 2]

    def _wanted(self, query: str, asked: Asked, mode: SearchMode) -> Search:
        return Search(owner_id=self.owner_id, query=query, top_k=10, scope=asked.scope, mode=mode, where=asked.where)

    async def _nearest(self, vector: Sequence[float], asked: Asked) -> set[UUID]:
        space = await EmbeddingSpaces(self.database).number(SPACE)
        corpora = await self.database.rows(CORPORA, self.owner_id, asked.scope.corpus_id, asked.scope.workflow_id)
        statement = NEAREST.format(dimensions=SPACE.dimensions, filter=FULFILLING if asked.where else "")
        values = [vector_text(vector), [row["id"] for row in corpora], space]
        conditions = [json_path(asked.where)] if asked.where else []
        return {row["chunk_id"] for row in await self.database.rows(statement, *values, *conditions)}


def _batch(document_id: DocumentId, corpus_id: CorpusId, text: str, vector: Sequence[float]) -> ChunkBatch:
    chunk = NewChunk(id=ChunkId(uuid7()), index=0, text=text, token_count=len(text) // 4, vector=vector)
    return ChunkBatch(document_id=document_id, corpus_id=corpus_id, epoch=1, title="-", space=SPACE, chunks=[chunk])
