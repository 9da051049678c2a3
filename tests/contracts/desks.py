"""One owner's corpus, and what becomes of its documents in the hands of workers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec

from application.ports.chunk_index import ChunkBatch, NewChunk
from application.ports.ingestion_journal import BatchSize, DocumentClaim
from application.ports.read_models import Paging
from domain.accounts.user import User
from domain.ids import ChunkId, DocumentId
from domain.knowledge.chunking import Chunking, ChunkingStrategy
from domain.knowledge.corpus import Corpus
from domain.knowledge.document import Document
from domain.knowledge.embedding_space import EmbeddingSpace
from tests.contracts.conftest import Keeping
from tests.fakes.clock import NOON
from tests.make import a_corpus, a_document, a_user

LEASE = timedelta(minutes=1)
SPACE = EmbeddingSpace("test", 2)


class Desk:
    def __init__(self, store: Keeping, owner: User, corpus: Corpus) -> None:
        self.store = store
        self.journal = store.ingestion
        self.owner = owner
        self.corpus = corpus

    async def brings(self, *texts: str, **parts: Any) -> list[DocumentId]:
        documents = [
            a_document(self.corpus, text, at=NOON - timedelta(seconds=9 - place), **parts)
            for place, text in enumerate(texts)
        ]
        async with self.store.begin() as work:
            for each in documents:
                await work.documents.add(each)
            await work.commit()
        return [each.id for each in documents]

    async def replaces(self, document_id: DocumentId, text: str, *, allows_duplicate: bool = False) -> None:
        async with self.store.begin() as work:
            old = await work.documents.get(document_id, self.owner.id)
            new = old.rewritten(title="New", text=text, mime_type="text/x-new", metadata={"is": "new"}, at=NOON)
            await work.documents.save(new, allows_duplicate=allows_duplicate)
            await work.commit()

    async def tries_again(self, document_id: DocumentId) -> None:
        async with self.store.begin() as work:
            failed = await work.documents.get(document_id, self.owner.id)
            await work.documents.save(failed.tried_again(at=NOON))
            await work.commit()

    async def claims(self, documents: int = 128, size: int = 1 << 20) -> Sequence[DocumentClaim]:
        return await self.journal.claim("a", lease=LEASE, most=BatchSize(documents=documents, bytes=size))

    async def left_behind(self, max_claims: int = 3) -> DocumentClaim | None:
        return await self.journal.claim_left_behind("b", lease=LEASE, max_claims=max_claims)

    async def sees(self, document_id: DocumentId) -> Document:
        async with self.store.begin() as work:
            return await work.documents.get(document_id, self.owner.id)

    async def shows(self, document_id: DocumentId) -> dict[str, Any]:
        """As people see it."""
        shown: dict[str, Any] = msgspec.json.decode(await self.store.knowledge.document(document_id, self.owner.id))
        return shown

    async def chunks(self, document_id: DocumentId) -> int | None:
        """How many are found of it."""
        return (await self.store.knowledge.chunks(document_id, self.owner.id, Paging(limit=1))).total

    async def changed_last(self) -> datetime:
        async with self.store.begin() as work:
            return (await work.corpora.get(self.corpus.id, self.owner.id)).updated_at

    async def was_left_alone(self) -> None:
        """For a year."""
        async with self.store.begin() as work:
            corpus = await work.corpora.get_to_change(self.corpus.id, self.owner.id)
            await work.corpora.save(replace(corpus, updated_at=NOON - timedelta(days=365)))
            await work.commit()

    async def stages(self, claim: DocumentClaim, *indices: int) -> bool:
        return await self.store.index.stage(_batch(claim, indices))

    async def publishes(self, claim: DocumentClaim, *indices: int) -> bool:
        return claim.document_id in await self.store.index.publish([_batch(claim, indices)])


async def a_desk(store: Keeping) -> Desk:
    owner = a_user(f"{uuid4()}@example.com")
    chunking = Chunking(strategy=ChunkingStrategy.STRUCTURE, size=300, overlap=10)
    corpus = a_corpus(owner, chunking=chunking, at=NOON - timedelta(days=1))
    async with store.begin() as work:
        await work.users.add(owner)
        await work.corpora.add(corpus)
        await work.commit()
    return Desk(store, owner, corpus)


def _batch(claim: DocumentClaim, indices: Sequence[int]) -> ChunkBatch:
    return ChunkBatch(
        document_id=claim.document_id,
        corpus_id=claim.corpus_id,
        epoch=claim.epoch,
        title=claim.title,
        space=SPACE,
        chunks=[
            NewChunk(id=ChunkId(uuid4()), index=each, text=f"chunk {each}", token_count=2, vector=[1, 0])
            for each in indices
        ],
    )
