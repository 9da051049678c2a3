"""Keep and index texts now, for a run that waits for it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from application.knowledge.ingestor import Ingests
from application.ports.clock import Clock
from application.ports.document_repository import Kept
from application.ports.id_generator import IdGenerator
from application.ports.ingestion_journal import DocumentClaim, IngestionJournal, Outcome
from application.ports.knowledge import Ingested, Ingestion, NewText
from application.ports.unit_of_work import BeginWork, UnitOfWork
from domain.ids import CorpusId, DocumentId
from domain.knowledge.corpus import MAX_NAME_LENGTH, Corpus
from domain.knowledge.document import MAX_TITLE_LENGTH, Document, DocumentStatus, SourceType, content_hash
from domain.knowledge.errors import CorpusOutOfScope, EmbeddingUnavailable
from domain.knowledge.scope import Scope, ScopeType
from domain.values.timestamps import timestamp

LOOK_AGAIN_SECONDS: Final = 0.2
GONE: Final = "The document was deleted meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestTexts:
    """Documents are accepted like any others, so that they get through even if this process does not, and then worked
    on here ahead of what else waits."""

    begin: BeginWork
    journal: IngestionJournal
    ingest_documents: Ingests
    clock: Clock
    ids: IdGenerator
    worker: str
    lease: timedelta = timedelta(seconds=15)
    heartbeat: timedelta = timedelta(seconds=1)

    async def ingest(self, ingestion: Ingestion) -> Sequence[Ingested]:
        corpus_id, kept = await self._accept(ingestion)
        outcomes = await self._finished({each.document_id for each in kept})
        gone = Outcome(status=DocumentStatus.FAILED, chunk_count=0, error=GONE)
        return [
            _ingested(corpus_id, text, each, outcomes.get(each.document_id, gone))
            for text, each in zip(ingestion.texts, kept, strict=True)
        ]

    async def _accept(self, ingestion: Ingestion) -> tuple[CorpusId, Sequence[Kept]]:
        async with self.begin() as work:
            corpus_id = await self._corpus(work, ingestion)
            kept = dict[int, Kept]()
            for place in _in_one_order(ingestion.texts):
                kept[place] = await self._keep(work, corpus_id, ingestion, ingestion.texts[place])
            await work.commit()
        return corpus_id, [kept[place] for place in range(len(ingestion.texts))]

    async def _corpus(self, work: UnitOfWork, ingestion: Ingestion) -> CorpusId:
        scope = ingestion.scope
        if scope.corpus_id is not None:
            return _fitting(await work.corpora.get(scope.corpus_id, ingestion.owner_id), scope, ingestion)
        wanted = self._corpus_of(_place(scope, ingestion), ingestion)
        if wanted.workflow_id is not None:
            await work.workflows.get(wanted.workflow_id, ingestion.owner_id)
        if wanted.execution_id is not None:
            await work.executions.get(wanted.execution_id, ingestion.owner_id)
        return await work.corpora.add_for_runs(wanted)

    def _corpus_of(self, scope: Scope, ingestion: Ingestion) -> Corpus:
        now = self.clock.now()
        return Corpus(
            id=self.ids.corpus(),
            owner_id=ingestion.owner_id,
            name=f"Runtime knowledge {timestamp(now)}"[:MAX_NAME_LENGTH],
            scope=scope.type or ScopeType.USER,
            workflow_id=scope.workflow_id,
            execution_id=scope.execution_id,
            metadata={"runtimeIngestion": True, "executionId": str(ingestion.execution_id)},
            created_at=now,
            updated_at=now,
        )

    async def _keep(self, work: UnitOfWork, corpus_id: CorpusId, ingestion: Ingestion, text: NewText) -> Kept:
        now = self.clock.now()
        document = Document(
            id=self.ids.document(),
            corpus_id=corpus_id,
            owner_id=ingestion.owner_id,
            title=text.title.strip()[:MAX_TITLE_LENGTH],
            text=text.text,
            source_type=SourceType(text.source_type),
            metadata={**text.metadata, "runtimeIngestion": True, "executionId": str(ingestion.execution_id)},
            created_at=now,
            updated_at=now,
        )
        kept = await work.documents.add(document)
        if kept.status is DocumentStatus.FAILED:
            failed = await work.documents.get(kept.document_id, ingestion.owner_id)
            await work.documents.save(failed.tried_again(at=now))
            return replace(kept, status=DocumentStatus.PENDING)
        return kept

    async def _finished(self, documents: Collection[DocumentId]) -> dict[DocumentId, Outcome]:
        """What became of them; some may be in the hands of others, or wait for another turn."""
        waited = dict[DocumentId, Outcome]()
        while True:
            claims = await self.journal.claim_these(self.worker, documents, lease=self.lease)
            if claims:
                async with self._held(claims):
                    await self.ingest_documents(claims)
            waited = dict(await self.journal.outcomes(documents))
            open_ones = [each for each in waited.values() if not each.status.is_final]
            if not open_ones:
                return waited
            if reasons := [each.error for each in open_ones if each.error]:
                raise EmbeddingUnavailable(reasons[0])
            await self.clock.sleep(LOOK_AGAIN_SECONDS)

    @asynccontextmanager
    async def _held(self, claims: Sequence[DocumentClaim]) -> AsyncIterator[None]:
        """Renew the leases meanwhile; whoever is interrupted hands back what is not done."""
        beating = asyncio.create_task(self._beat(claims), name="ingestion heartbeat")
        try:
            yield
        except BaseException:
            with contextlib.suppress(Exception):
                await asyncio.shield(self.journal.hand_back(claims))
            raise
        finally:
            beating.cancel()

    async def _beat(self, claims: Sequence[DocumentClaim]) -> None:
        while True:
            await self.clock.sleep(self.heartbeat.total_seconds())
            with contextlib.suppress(Exception):
                await self.journal.renew(claims, lease=self.lease)


def _fitting(corpus: Corpus, scope: Scope, ingestion: Ingestion) -> CorpusId:
    """Raise CorpusOutOfScope where a workflow or a run is named that the corpus is not of. `user` is what editors send
    when nobody chose a scope, and excludes nothing."""
    is_narrow = scope.type in (ScopeType.WORKFLOW, ScopeType.EXECUTION)
    if is_narrow and not corpus.is_within(_place(scope, ingestion)):
        raise CorpusOutOfScope
    return corpus.id


def _in_one_order(texts: Sequence[NewText]) -> Sequence[int]:
    """Places of the texts; runs that bring the same texts in another order must not wait for each other in a ring."""
    return sorted(range(len(texts)), key=lambda place: content_hash(texts[place].text))


def _place(scope: Scope, ingestion: Ingestion) -> Scope:
    """The type that is meant, with the one id that it asks for."""
    kind = scope.type or _kind_of(scope)
    if kind is ScopeType.WORKFLOW:
        return Scope(type=kind, workflow_id=scope.workflow_id or ingestion.workflow_id)
    if kind is ScopeType.EXECUTION:
        return Scope(type=kind, execution_id=scope.execution_id or ingestion.execution_id)
    return Scope(type=kind)


def _kind_of(scope: Scope) -> ScopeType:
    return ScopeType.WORKFLOW if scope.execution_id is None else ScopeType.EXECUTION


def _ingested(corpus_id: CorpusId, text: NewText, kept: Kept, outcome: Outcome) -> Ingested:
    failed = outcome.status is DocumentStatus.FAILED
    return Ingested(
        corpus_id=corpus_id,
        document_id=kept.document_id,
        title=text.title,
        status=outcome.status.value,
        chunk_count=outcome.chunk_count,
        is_known=kept.is_known,
        error=(outcome.error or "Unknown") if failed else None,
    )
