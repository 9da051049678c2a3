"""What workers read and write about documents: one statement each, on the pool, fenced by the claim's epoch."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import asyncpg

from adapters.postgres.database import Database
from adapters.postgres.ingestion_statements import (
    ABANDON_LEASES,
    CLAIM,
    CLAIM_LEFT_BEHIND,
    CLAIM_THESE,
    FAIL,
    GIVE_UP,
    HAND_BACK,
    NOTE,
    OUTCOMES,
    POSTPONE,
    RENEW,
    WAITING,
)
from adapters.postgres.texts import storable
from application.ports.ingestion_journal import BatchSize, DocumentClaim, Outcome
from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.chunking import Chunking, ChunkingStrategy
from domain.knowledge.document import MAX_ERROR_LENGTH, DocumentStatus, Stage


class PostgresIngestionJournal:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, worker: str, *, lease: timedelta, most: BatchSize) -> Sequence[DocumentClaim]:
        return [_claim(row) for row in await self._database.rows(CLAIM, worker, lease, most.documents, most.bytes)]

    async def claim_left_behind(self, worker: str, *, lease: timedelta, max_claims: int) -> DocumentClaim | None:
        row = await self._database.row(CLAIM_LEFT_BEHIND, worker, lease, max_claims)
        return None if row is None else _claim(row)

    async def claim_these(
        self, worker: str, documents: Collection[DocumentId], *, lease: timedelta
    ) -> Sequence[DocumentClaim]:
        return [_claim(row) for row in await self._database.rows(CLAIM_THESE, worker, lease, [*documents])]

    async def note(self, claims: Sequence[DocumentClaim], stage: Stage, *, chunks: Sequence[int] | None = None) -> None:
        await self._database.rows(NOTE, *_fences(claims), [*(chunks or ())], stage.value)

    async def fail(self, claim: DocumentClaim, stage: Stage, error: str) -> None:
        await self._database.rows(FAIL, *_fences([claim]), stage.value, _kept(error))

    async def postpone(self, claims: Collection[DocumentClaim], stage: Stage, reason: str, *, by: timedelta) -> None:
        await self._database.rows(POSTPONE, *_fences(claims), stage.value, _kept(reason), by)

    async def renew(self, claims: Collection[DocumentClaim], *, lease: timedelta) -> set[DocumentId]:
        return {DocumentId(row["id"]) for row in await self._database.rows(RENEW, *_fences(claims), lease)}

    async def hand_back(self, claims: Collection[DocumentClaim]) -> None:
        await self._database.rows(HAND_BACK, *_fences(claims))

    async def outcomes(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, Outcome]:
        rows = await self._database.rows(OUTCOMES, [*documents])
        return {
            DocumentId(row["id"]): Outcome(
                status=DocumentStatus(row["status"]), chunk_count=row["chunk_count"], error=row["error"]
            )
            for row in rows
        }

    async def waiting(self, *, limit: int) -> Sequence[DocumentId]:
        return [DocumentId(row["id"]) for row in await self._database.rows(WAITING, limit)]

    async def give_up(self, *, max_claims: int, reason: str, limit: int) -> int:
        return len(await self._database.rows(GIVE_UP, max_claims, reason, limit))

    async def abandon_leases(self) -> int:
        return len(await self._database.rows(ABANDON_LEASES))


def _fences(claims: Collection[DocumentClaim]) -> tuple[list[DocumentId], list[int]]:
    return [claim.document_id for claim in claims], [claim.epoch for claim in claims]


def _kept(error: str) -> str:
    return (storable(error) or "Unknown")[:MAX_ERROR_LENGTH]


def _claim(row: asyncpg.Record) -> DocumentClaim:
    return DocumentClaim(
        document_id=DocumentId(row["id"]),
        corpus_id=CorpusId(row["corpus_id"]),
        owner_id=UserId(row["user_id"]),
        epoch=row["epoch"],
        title=row["title"],
        text=row["content_text"],
        chunking=Chunking(
            strategy=ChunkingStrategy(row["chunk_strategy"]), size=row["chunk_size"], overlap=row["chunk_overlap"]
        ),
        postponed=row["attempts"],
        is_from_run=row["is_from_run"],
    )
