"""The index of knowledge at size, on an empty database of its own: `python -m tests.bench.knowledge [chunks]`.

One corpus of so many chunks (20,000), ten of a tenth and a hundred of a hundredth of them beside it, all of one owner;
one chunk is about 1 KB of text. 100,000 take over ten minutes on two cores, 20,000 two or three.
"""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import mean
from uuid import UUID, uuid4

from rich.console import Console
from rich.table import Table
from uuid_utils.compat import uuid7

from adapters.language.snowball_analyzer import SnowballAnalyzer
from adapters.postgres.chunk_index import PostgresChunkIndex, vector_text
from adapters.postgres.database import Database
from adapters.postgres.dense_leg import read_through
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.graph_upkeep import GraphUpkeep
from adapters.postgres.hybrid_ranking import HybridRanker
from adapters.postgres.knowledge_search import PostgresKnowledgeSearch
from adapters.postgres.migrator import migrate
from adapters.postgres.neighbour_graphs import BEFORE_ALL, NAME
from adapters.postgres.settling import Settling
from application.ports.chunk_index import ChunkBatch, NewChunk
from application.ports.knowledge import Search, SearchMode
from domain.ids import ChunkId, CorpusId, DocumentId, UserId
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType
from tests.bench.texts import Texts
from tests.contracts.libraries import ADD_CORPUS, ADD_USER
from tests.postgres import new_database, test_server

USUAL_SIZE = 20_000
BATCH = 64
LANES = 2
QUERIES = 200
CLIENTS = 16
SPACE = EmbeddingSpace("bench", 512)
ADD_DOCUMENTS = """
INSERT INTO knowledge_documents (id, corpus_id, user_id, title, content_text, content_hash, status, epoch, metadata)
SELECT id, $2, $3, '-', '', sha256(id::text::bytea), 'processing', 1, '{}' FROM unnest($1::uuid[]) AS document (id)
"""
BYTES = """
SELECT sum(pg_total_relation_size(oid)) AS bytes,
       (SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class WHERE starts_with(relname, $1)) AS graphs
FROM pg_class WHERE relname LIKE 'knowledge!_%' ESCAPE '!' AND relname <> 'knowledge_documents' AND relkind = 'r'
"""


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
class Measuring:
    database: Database
    owner_id: UserId = field(default_factory=lambda: UserId(uuid4()))
    embedder: GivenVectors = field(default_factory=GivenVectors)
    analyzer: SnowballAnalyzer = field(default_factory=SnowballAnalyzer)
    corpora: list[CorpusId] = field(default_factory=list)

    async def fill(self, chunks: int) -> None:
        """A new corpus."""
        corpus_id = CorpusId(uuid4())
        await self.database.rows(ADD_CORPUS, corpus_id, self.owner_id, ScopeType.USER, None, None)
        self.corpora.append(corpus_id)
        sizes = iter([min(BATCH, chunks - start) for start in range(0, chunks, BATCH)])
        texts = Texts(len(self.corpora), dimensions=SPACE.dimensions)
        await asyncio.gather(*(self._publish(corpus_id, texts, sizes) for _ in range(LANES)))

    async def _publish(self, corpus_id: CorpusId, texts: Texts, sizes: Iterator[int]) -> None:
        index = PostgresChunkIndex(self.database, self.analyzer, Settling(self.database))
        for size in sizes:
            await index.publish(await self._batches(corpus_id, texts, size))

    async def _batches(self, corpus_id: CorpusId, texts: Texts, count: int) -> Sequence[ChunkBatch]:
        ids = [uuid4() for _ in range(count)]
        await self.database.rows(ADD_DOCUMENTS, ids, corpus_id, self.owner_id)
        drawn = zip(ids, texts.texts(count), texts.vectors(count).tolist(), strict=True)
        return [_batch(DocumentId(id), corpus_id, text, vector) for id, text, vector in drawn]

    @property
    def search(self) -> PostgresKnowledgeSearch:
        return PostgresKnowledgeSearch(self.database, HybridRanker(self.database, self.analyzer, self.embedder))

    async def times(self, queries: Sequence[str], scope: Scope, mode: SearchMode) -> list[float]:
        """Milliseconds of one client, shortest first."""
        search, times = self.search, []
        for query in queries:
            begun = time.perf_counter()
            await search.search(self._wanted(query, scope, mode))
            times.append(1000 * (time.perf_counter() - begun))
        return sorted(times)

    async def throughput(self, queries: Sequence[str], scope: Scope) -> float:
        """Hybrid searches a second, of several clients of one process."""
        search, waiting = self.search, iter(queries)

        async def ask() -> None:
            for query in waiting:
                await search.search(self._wanted(query, scope, SearchMode.HYBRID))

        begun = time.perf_counter()
        await asyncio.gather(*(ask() for _ in range(CLIENTS)))
        return len(queries) / (time.perf_counter() - begun)

    async def recall(self, queries: Sequence[str], scope: Scope) -> tuple[float, float]:
        """Of the ten nearest, how many are found; and the milliseconds that reading all of them takes."""
        shares, times = [], []
        for query in queries:
            begun = time.perf_counter()
            nearest = await self._nearest(self.embedder.known[query], scope)
            times.append(1000 * (time.perf_counter() - begun))
            found = {match.chunk_id for match in await self.search.search(self._wanted(query, scope, SearchMode.DENSE))}
            shares.append(len(found & nearest) / len(nearest))
        return mean(shares), sorted(times)[len(times) // 2]

    def _wanted(self, query: str, scope: Scope, mode: SearchMode) -> Search:
        return Search(owner_id=self.owner_id, query=query, top_k=10, scope=scope, mode=mode)

    async def _nearest(self, vector: Sequence[float], scope: Scope) -> set[UUID]:
        space = await EmbeddingSpaces(self.database).number(SPACE)
        corpora = [scope.corpus_id] if scope.corpus_id else self.corpora
        after = [BEFORE_ALL for _ in corpora]
        statement = read_through(space, SPACE.dimensions)
        rows = await self.database.rows(statement, vector_text(vector), corpora, after, None)
        return {row["chunk_id"] for row in rows[:10]}


def _batch(document_id: DocumentId, corpus_id: CorpusId, text: str, vector: Sequence[float]) -> ChunkBatch:
    chunk = NewChunk(id=ChunkId(uuid7()), index=0, text=text, token_count=len(text) // 4, vector=vector)
    return ChunkBatch(document_id=document_id, corpus_id=corpus_id, epoch=1, title="-", space=SPACE, chunks=[chunk])


async def measure(chunks: int, console: Console) -> None:
    async with test_server() as server, new_database(server) as url:
        await migrate(url)
        database = Database(url, size=8)
        await database.open()
        await _measure(Measuring(database), chunks, console)
        await database.close()


async def _measure(measuring: Measuring, chunks: int, console: Console) -> None:
    await measuring.database.rows(ADD_USER, measuring.owner_id, "bench@example.com")
    begun = time.perf_counter()
    for size in [*[chunks // 100] * 100, *[chunks // 10] * 10, chunks]:
        await measuring.fill(size)
    console.print(f"published: {3 * chunks / (time.perf_counter() - begun):,.0f} chunks a second")
    begun = time.perf_counter()
    while await Settling(measuring.database).tidy():
        pass
    console.print(f"tidied in {time.perf_counter() - begun:,.1f} s")
    await _graphs(measuring, console)
    await measuring.database.rows("VACUUM ANALYZE")
    row = await measuring.database.row(BYTES, NAME)
    assert row is not None
    console.print(
        f"{row['bytes'] / (3 * chunks):,.0f} bytes a chunk, with its text, its vector and all indexes; "
        f"{row['graphs'] / (3 * chunks):,.0f} of them in graphs of neighbours"
    )
    console.print(await _table(measuring, chunks))


async def _graphs(measuring: Measuring, console: Console) -> None:
    begun = time.perf_counter()
    while await GraphUpkeep(measuring.database).grow():
        pass
    spent = time.perf_counter() - begun
    rows = await measuring.database.rows("SELECT chunks, corpus_id IS NULL AS is_owners FROM knowledge_graphs")
    sizes = ", ".join(f"{row['chunks']:,}{' of all' if row['is_owners'] else ''}" for row in rows)
    rate = sum(row["chunks"] for row in rows) / spent
    console.print(f"graphs of {sizes} chunks built in {spent:,.1f} s: {rate:,.0f} chunks a second")


async def _table(measuring: Measuring, chunks: int) -> Table:
    texts = Texts(99, dimensions=SPACE.dimensions)
    queries = [*texts.texts(QUERIES // 2, 4), *texts.texts(QUERIES // 2, 17)]
    measuring.embedder.known = dict(zip(queries, texts.vectors(len(queries)).tolist(), strict=True))
    scopes = {
        f"one corpus of {chunks:,}": Scope(corpus_id=measuring.corpora[-1]),
        f"one of {chunks // 10:,}": Scope(corpus_id=measuring.corpora[-2]),
        f"one of {chunks // 100:,}": Scope(corpus_id=measuring.corpora[0]),
        f"all {3 * chunks:,}": EVERYWHERE,
    }
    table = Table(
        "searched",
        *(f"{mode} p50 / p99 ms" for mode in SearchMode),
        f"hybrid, {CLIENTS} clients, 1/s",
        "recall@10",
        "reading all vectors, ms",
        "dense / reading",
    )
    for name, scope in scopes.items():
        for mode in SearchMode:
            await measuring.times(queries[::10], scope, mode)
        times = [await measuring.times(queries, scope, mode) for mode in SearchMode]
        rate = await measuring.throughput(queries, scope)
        recall, reading = await measuring.recall(queries[::3], scope)
        table.add_row(
            name,
            *(f"{each[len(each) // 2]:.1f} / {each[len(each) * 99 // 100]:.1f}" for each in times),
            f"{rate:,.0f}",
            f"{recall:.3f}",
            f"{reading:.1f}",
            f"{times[list(SearchMode).index(SearchMode.DENSE)][len(queries) // 2] / reading:.2f}",
        )
    return table


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else USUAL_SIZE, Console(width=160)))
