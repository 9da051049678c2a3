"""Knowledge to be searched: in memory and in PostgreSQL, with what it takes to put something in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from uuid_utils.compat import uuid7

from adapters.embeddings.at_hand import EmbeddersAtHand
from adapters.embeddings.lexical import LexicalEmbedder
from adapters.language.snowball_analyzer import SnowballAnalyzer
from adapters.postgres.chunk_index import PostgresChunkIndex
from adapters.postgres.database import Database
from adapters.postgres.dense_voice import DenseVoice
from adapters.postgres.documents import encoded
from adapters.postgres.graph_upkeep import GraphUpkeep
from adapters.postgres.hybrid_ranking import SIDE_BY_SIDE, HybridRanker
from adapters.postgres.knowledge_explanations import PostgresKnowledgeExplanations
from adapters.postgres.knowledge_search import PostgresKnowledgeSearch
from adapters.postgres.settling import Settling
from application.ports.chunk_index import ChunkBatch, ChunkIndex, NewChunk
from application.ports.embedder import Embedder
from application.ports.embedders import Embedders
from application.ports.knowledge import KnowledgeExplanations, KnowledgeSearch, Search, SearchMode
from domain.ids import ChunkId, CorpusId, DocumentId, UserId
from domain.knowledge.conditions import Condition
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.findings import Findings
from domain.knowledge.match import Match
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType
from domain.values.json import JsonObject
from tests.fakes.library import FakeLibrary, Held

ANALYZER = SnowballAnalyzer()
EMBEDDER = LexicalEmbedder(ANALYZER)
EMBEDDERS = EmbeddersAtHand(EMBEDDER)

OF_A_USER = Scope(type=ScopeType.USER)

ADD_USER = "INSERT INTO users (id, email, email_key, name, password_hash) VALUES ($1, $2, $2, 'Ada', '-')"
ADD_CORPUS = """
INSERT INTO knowledge_corpora (id, user_id, name, scope_type, workflow_id, execution_id, metadata)
VALUES ($1, $2, 'Corpus', $3, $4, $5, '{}')
"""
ADD_DOCUMENT = """
INSERT INTO knowledge_documents
    (id, corpus_id, user_id, title, content_text, content_hash, status, epoch, metadata, attributes)
SELECT $1, id, user_id, $3, '', sha256($1::uuid::text::bytea), 'processing', 1, $4::text::json, $4::text::jsonb
FROM knowledge_corpora WHERE id = $2
"""
PROCESS_AGAIN = "UPDATE knowledge_documents SET status = 'processing', epoch = 2 WHERE id = $1"


@dataclass(frozen=True, kw_only=True)
class Library:
    """What is searched, and how tests fill it. `add_document` leaves it in process, at epoch 1."""

    index: ChunkIndex
    knowledge: KnowledgeSearch
    explanations: KnowledgeExplanations
    add_user: Callable[[UserId], Awaitable[None]]
    add_corpus: Callable[[CorpusId, UserId, Scope], Awaitable[None]]
    add_document: Callable[[DocumentId, CorpusId, str, JsonObject], Awaitable[None]]
    process_again: Callable[[DocumentId], Awaitable[None]]
    """At epoch 2."""

    async def reader(self) -> "Reader":
        user_id = UserId(uuid4())
        await self.add_user(user_id)
        return Reader(self, user_id)


@dataclass(frozen=True)
class Reader:
    """Somebody with corpora."""

    library: Library
    id: UserId
    corpora: list[CorpusId] = field(default_factory=list)

    async def corpus(self, scope: Scope = OF_A_USER) -> CorpusId:
        corpus_id = CorpusId(uuid4())
        await self.library.add_corpus(corpus_id, self.id, scope)
        self.corpora.append(corpus_id)
        return corpus_id

    async def accepted(self, title: str = "Title", metadata: JsonObject | None = None) -> DocumentId:
        """A document that is in process, in the latest corpus."""
        if not self.corpora:
            await self.corpus()
        document_id = DocumentId(uuid4())
        await self.library.add_document(document_id, self.corpora[-1], title, metadata or {})
        return document_id

    async def read(
        self,
        *texts: str,
        title: str = "Title",
        metadata: JsonObject | None = None,
        embedder: Embedder = EMBEDDER,
    ) -> DocumentId:
        """A document whose chunks are these texts, ready to be found."""
        document_id = await self.accepted(title, metadata)
        assert await self.library.index.publish([await self.batch(document_id, *texts, title=title, embedder=embedder)])
        return document_id

    async def batch(
        self,
        document_id: DocumentId,
        *texts: str,
        first: int = 0,
        epoch: int = 1,
        title: str = "Title",
        embedder: Embedder = EMBEDDER,
    ) -> ChunkBatch:
        chunks = [await a_chunk(index, text, embedder) for index, text in enumerate(texts, first)]
        corpus_id = self.corpora[-1]
        return ChunkBatch(
            document_id=document_id,
            corpus_id=corpus_id,
            epoch=epoch,
            title=title,
            space=embedder.space,
            chunks=chunks,
        )

    async def keeps_staged(
        self, document_id: DocumentId, *texts: str, epoch: int = 1, space: EmbeddingSpace = EMBEDDER.space
    ) -> int:
        return await self.library.index.keep_staged(document_id, epoch=epoch, space=space, texts=texts)

    async def found(
        self,
        query: str,
        scope: Scope = EVERYWHERE,
        *,
        top_k: int = 50,
        mode: SearchMode = SearchMode.LEXICAL,
        where: Sequence[Condition] = (),
    ) -> Sequence[Match]:
        wanted = Search(owner_id=self.id, query=query, top_k=top_k, scope=scope, mode=mode, where=where)
        return (await self.library.knowledge.search(wanted)).matches

    async def texts(self, query: str, scope: Scope = EVERYWHERE, *, where: Sequence[Condition] = ()) -> list[str]:
        return [match.content for match in await self.found(query, scope, where=where)]


async def a_chunk(index: int, text: str, embedder: Embedder = EMBEDDER) -> NewChunk:
    vector = (await embedder.embed_documents([text]))[0]
    metadata: JsonObject = {"start": 0, "end": len(text)}
    return NewChunk(id=ChunkId(uuid7()), index=index, text=text, token_count=1, vector=vector, metadata=metadata)


def fake_library(embedders: Embedders = EMBEDDERS) -> Library:
    library = FakeLibrary(ANALYZER, embedders)

    async def add_user(user_id: UserId) -> None:
        pass

    async def add_corpus(corpus_id: CorpusId, owner_id: UserId, scope: Scope) -> None:
        library.corpora[corpus_id] = (owner_id, scope)

    async def add_document(document_id: DocumentId, corpus_id: CorpusId, title: str, metadata: JsonObject) -> None:
        library.documents[document_id] = Held(corpus_id, title, metadata)

    async def process_again(document_id: DocumentId) -> None:
        library.documents[document_id].is_processing = True
        library.documents[document_id].epoch = 2

    return Library(
        index=library,
        knowledge=library,
        explanations=library,
        add_user=add_user,
        add_corpus=add_corpus,
        add_document=add_document,
        process_again=process_again,
    )


@dataclass(frozen=True)
class WithGraphs:
    """Whatever is due for a graph is in one before it is searched."""

    knowledge: KnowledgeSearch
    upkeep: GraphUpkeep

    async def search(self, wanted: Search) -> Findings:
        await self.upkeep.grow()
        return await self.knowledge.search(wanted)


def postgres_library(
    database: Database,
    *,
    segment_from: int = 128,
    graph_more_than: int = 10_000,
    read_through: int = 10_000,
    side_by_side: int = SIDE_BY_SIDE,
    embedders: Embedders = EMBEDDERS,
) -> Library:
    async def add_user(user_id: UserId) -> None:
        await database.rows(ADD_USER, user_id, f"{user_id}@example.com")

    async def add_corpus(corpus_id: CorpusId, owner_id: UserId, scope: Scope) -> None:
        await database.rows(ADD_CORPUS, corpus_id, owner_id, scope.type, scope.workflow_id, scope.execution_id)

    async def add_document(document_id: DocumentId, corpus_id: CorpusId, title: str, metadata: JsonObject) -> None:
        await database.rows(ADD_DOCUMENT, document_id, corpus_id, title, encoded(metadata))

    async def process_again(document_id: DocumentId) -> None:
        await database.rows(PROCESS_AGAIN, document_id)

    voices = {EMBEDDER.space: DenseVoice(weight=0.1)}
    ranker = HybridRanker(
        database, ANALYZER, embedders, voices=voices, read_through=read_through, side_by_side=side_by_side
    )
    upkeep = GraphUpkeep(database, more_than=graph_more_than, grown_by=1)
    settling = Settling(database, segment_from=segment_from)
    return Library(
        index=PostgresChunkIndex(database, ANALYZER, settling),
        knowledge=WithGraphs(PostgresKnowledgeSearch(ranker), upkeep),
        explanations=PostgresKnowledgeExplanations(ANALYZER, ranker),
        add_user=add_user,
        add_corpus=add_corpus,
        add_document=add_document,
        process_again=process_again,
    )
