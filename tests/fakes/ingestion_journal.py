"""The ingestion journal and the chunk index over rows in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from application.ports.chunk_index import ChunkBatch, NewChunk
from application.ports.ingestion_journal import BatchSize, DocumentClaim, Outcome
from domain.ids import ChunkId, CorpusId, DocumentId
from domain.knowledge.document import MAX_ERROR_LENGTH, Document, DocumentStatus, Stage
from domain.knowledge.embedding_space import EmbeddingSpace
from tests.fakes.knowledge_repositories import DocumentRow
from tests.fakes.store import FakeStore

PENDING, PROCESSING = DocumentStatus.PENDING, DocumentStatus.PROCESSING


class FakeIngestionJournal:
    """`notes` are the stages that were noted, and of how many documents each time."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.notes: list[tuple[Stage, int]] = []

    async def claim(self, worker: str, *, lease: timedelta, most: BatchSize) -> Sequence[DocumentClaim]:
        fresh = self._longest_waiting(lambda row: self._is_due(row) and row.document.claims == 0)
        chosen, size = list[DocumentRow](), 0
        for row in fresh[: most.documents]:
            size += len(row.document.text.encode("utf-8", "replace"))
            if chosen and size > most.bytes:
                break
            chosen.append(row)
        return [self._take(row, lease) for row in chosen]

    async def claim_left_behind(self, worker: str, *, lease: timedelta, max_claims: int) -> DocumentClaim | None:
        left = self._longest_waiting(lambda row: self._is_left_behind(row) and row.document.claims < max_claims)
        return self._take(left[0], lease) if left else None

    async def claim_these(
        self, worker: str, documents: Collection[DocumentId], *, lease: timedelta
    ) -> Sequence[DocumentClaim]:
        chosen = self._longest_waiting(lambda row: row.document.id in documents and row.document.status is PENDING)
        return [self._take(row, lease) for row in chosen]

    async def note(self, claims: Sequence[DocumentClaim], stage: Stage, *, chunks: Sequence[int] | None = None) -> None:
        self.notes.append((stage, len(claims)))
        for place, claim in enumerate(claims):
            if row := self._held(claim):
                total = row.chunks_total if chunks is None else max(chunks[place], len(row.staged))
                self._keep(replace(row, chunks_total=total), stage=stage)

    async def fail(self, claim: DocumentClaim, stage: Stage, error: str) -> None:
        if row := self._held(claim):
            self._failed(row, stage, error)

    async def postpone(self, claims: Collection[DocumentClaim], stage: Stage, reason: str, *, by: timedelta) -> None:
        for claim in claims:
            if row := self._held(claim):
                later = replace(row, postponed=row.postponed + 1, due_at=self._now + by, lease_expires_at=None)
                self._freed(later, stage=stage, error=reason)

    async def renew(self, claims: Collection[DocumentClaim], *, lease: timedelta) -> set[DocumentId]:
        ours = set[DocumentId]()
        for claim in claims:
            if row := self._held(claim):
                self._keep(replace(row, lease_expires_at=self._now + lease))
                ours.add(claim.document_id)
        return ours

    async def hand_back(self, claims: Collection[DocumentClaim]) -> None:
        for claim in claims:
            if row := self._held(claim):
                self._freed(replace(row, due_at=self._now, lease_expires_at=None))

    async def outcomes(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, Outcome]:
        return {
            each: Outcome(
                status=row.document.status,
                chunk_count=len(row.published) if row.document.status is DocumentStatus.READY else 0,
                error=row.document.error,
            )
            for each in documents
            if (row := self._store.rows.documents.get(each)) is not None
        }

    async def waiting(self, *, limit: int) -> Sequence[DocumentId]:
        waiting = self._longest_waiting(lambda row: self._is_due(row) or self._is_left_behind(row))
        return [row.document.id for row in waiting][:limit]

    async def give_up(self, *, max_claims: int, reason: str, limit: int) -> int:
        lost = self._longest_waiting(lambda row: self._is_lost(row) and row.document.claims >= max_claims)[:limit]
        for row in lost:
            self._failed(row, row.document.stage, reason, epoch=row.document.epoch + 1)
        return len(lost)

    async def abandon_leases(self) -> int:
        held = [row for row in self._store.rows.documents.values() if row.lease_expires_at is not None]
        for row in held:
            self._keep(replace(row, lease_expires_at=None))
        return len(held)

    @property
    def _now(self) -> datetime:
        return self._store.clock.now()

    def _is_due(self, row: DocumentRow) -> bool:
        return row.document.status is PENDING and row.due_at <= self._now

    def _is_lost(self, row: DocumentRow) -> bool:
        is_free = row.lease_expires_at is None or row.lease_expires_at <= self._now
        return row.document.status is PROCESSING and is_free

    def _is_left_behind(self, row: DocumentRow) -> bool:
        return row.document.claims > 0 and (self._is_due(row) or self._is_lost(row))

    def _longest_waiting(self, wanted: Callable[[DocumentRow], bool]) -> list[DocumentRow]:
        found = [row for row in self._store.rows.documents.values() if wanted(row)]
        return sorted(found, key=lambda row: (row.due_at, row.document.id))

    def _take(self, row: DocumentRow, lease: timedelta) -> DocumentClaim:
        was = row.document
        taken = replace(
            was, status=PROCESSING, stage=Stage.EXTRACT, error=None, epoch=was.epoch + 1, claims=was.claims + 1
        )
        self._store.rows.documents[was.id] = replace(row, document=taken, lease_expires_at=self._now + lease)
        return DocumentClaim(
            document_id=taken.id,
            corpus_id=taken.corpus_id,
            owner_id=taken.owner_id,
            epoch=taken.epoch,
            title=taken.title,
            text=taken.text,
            chunking=self._store.rows.corpora[taken.corpus_id].chunking,
            postponed=row.postponed,
            is_from_run=taken.metadata.get("runtimeIngestion") is True,
        )

    def _held(self, claim: DocumentClaim) -> DocumentRow | None:
        return held(self._store, claim.document_id, claim.epoch)

    def _keep(self, row: DocumentRow, **parts: object) -> None:
        document: Document = replace(row.document, **parts)  # type: ignore[arg-type]
        self._store.rows.documents[document.id] = replace(row, document=document)

    def _freed(self, row: DocumentRow, **parts: object) -> None:
        was = row.document
        self._keep(row, status=PENDING, epoch=was.epoch + 1, claims=max(0, was.claims - 1), **parts)

    def _failed(self, row: DocumentRow, stage: Stage, error: str, **parts: object) -> None:
        found = {} if row.searched is None else row.published
        bare = replace(row, staged={}, published=found, chunks_total=None, lease_expires_at=None)
        reason = error[:MAX_ERROR_LENGTH]
        self._keep(bare, status=DocumentStatus.FAILED, stage=stage, error=reason, updated_at=self._now, **parts)
        mark(self._store, row.document.corpus_id)


class FakeChunkIndex:
    """Raises `defect` for batches that hold a chunk with `poison` in it. `of_corpora` says where each corpus lies."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self._spaces: dict[ChunkId, EmbeddingSpace] = {}
        self.spaces: dict[CorpusId, EmbeddingSpace] = {}
        self.poison = ""
        self.defect: Exception = RuntimeError("poisoned")
        self.before_publishing: Callable[[Sequence[ChunkBatch]], None] = lambda batches: None

    async def stage(self, batch: ChunkBatch) -> bool:
        self._taste(batch)
        row = held(self._store, batch.document_id, batch.epoch)
        if row is None:
            return False
        self._spaces.update((chunk.id, batch.space) for chunk in batch.chunks)
        staged = {**row.staged, **{chunk.index: chunk for chunk in batch.chunks}}
        self._store.rows.documents[batch.document_id] = replace(row, staged=staged)
        return True

    async def keep_staged(
        self, document_id: DocumentId, *, epoch: int, space: EmbeddingSpace, texts: Sequence[str]
    ) -> int:
        row = held(self._store, document_id, epoch)
        if row is None:
            return 0
        kept = fitting(row.staged, self._spaces, space, texts)
        self._store.rows.documents[document_id] = replace(row, staged=kept)
        return len(kept)

    async def publish(self, batches: Sequence[ChunkBatch]) -> Collection[DocumentId]:
        self.before_publishing(batches)
        for batch in batches:
            self._taste(batch)
        return [batch.document_id for batch in batches if self._publish(batch)]

    async def of_corpora(self, corpora: Collection[CorpusId]) -> Mapping[CorpusId, EmbeddingSpace]:
        return {each: self.spaces[each] for each in corpora if each in self.spaces}

    async def remove(self, document_ids: Sequence[DocumentId]) -> None:
        for each in document_ids:
            if row := self._store.rows.documents.get(each):
                self._store.rows.documents[each] = replace(row, staged={}, published={})

    def _publish(self, batch: ChunkBatch) -> bool:
        row = held(self._store, batch.document_id, batch.epoch)
        if row is None or self.spaces.setdefault(row.document.corpus_id, batch.space) != batch.space:
            return False
        chunks = {**row.staged, **{chunk.index: chunk for chunk in batch.chunks}}
        document = replace(
            row.document, status=DocumentStatus.READY, stage=Stage.READY, updated_at=self._store.clock.now()
        )
        self._store.rows.documents[batch.document_id] = replace(
            row,
            document=document,
            searched=None,
            staged={},
            published=chunks,
            chunks_total=len(chunks),
            lease_expires_at=None,
        )
        mark(self._store, document.corpus_id)
        return True

    def _taste(self, batch: ChunkBatch) -> None:
        if self.poison and any(self.poison in chunk.text for chunk in batch.chunks):
            raise self.defect


def held(store: FakeStore, document_id: DocumentId, epoch: int) -> DocumentRow | None:
    row = store.rows.documents.get(document_id)
    if row is None or row.document.status is not PROCESSING or row.document.epoch != epoch:
        return None
    return row


def mark(store: FakeStore, corpus_id: CorpusId) -> None:
    """A corpus changes with its documents."""
    store.rows.corpora[corpus_id] = replace(store.rows.corpora[corpus_id], updated_at=store.clock.now())


def fitting(
    staged: Mapping[int, NewChunk],
    spaces: Mapping[ChunkId, EmbeddingSpace],
    space: EmbeddingSpace,
    texts: Sequence[str],
) -> Mapping[int, NewChunk]:
    """The first chunks as far as they are of this cut and in this space."""
    kept = dict[int, NewChunk]()
    for index, text in enumerate(texts):
        chunk = staged.get(index)
        if chunk is None or chunk.text != text or spaces[chunk.id] != space:
            break
        kept[index] = chunk
    return kept
