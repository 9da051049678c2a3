"""Works off documents, beside the runs of the same process, for as long as it lives."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from application.nodes.node import RunLog
from application.ports.clock import Clock
from application.ports.ingestion_journal import BatchSize, DocumentClaim, IngestionJournal
from domain.errors import Unavailable


class Ingests(Protocol):
    async def __call__(self, claims: Sequence[DocumentClaim]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestorTerms:
    """A lease is renewed every `heartbeat` and must outlast several of them. `left_behind_in_a_row` is how many
    documents of lost workers are tried, one by one, before fresh ones get their turn."""

    batch: BatchSize = field(default_factory=BatchSize)
    lease: timedelta = timedelta(seconds=15)
    heartbeat: timedelta = timedelta(seconds=1)
    max_claims: int = 3
    left_behind_in_a_row: int = 32
    retry_after_outage: timedelta = timedelta(seconds=1)


@dataclass(slots=True, kw_only=True)
class Ingestor:
    """Takes one batch at a time whenever it is woken, until nothing waits.

    What a worker died of is tried alone: whatever it does to this process, it does to no other document.
    """

    name: str
    journal: IngestionJournal
    ingest: Ingests
    clock: Clock
    log: RunLog
    terms: IngestorTerms = field(default_factory=IngestorTerms)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _held: Sequence[DocumentClaim] = ()
    _turn: "asyncio.Task[None] | None" = None
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_closing: bool = False

    def wake(self) -> None:
        """It is worth looking for work now. Never blocks; many rings are one."""
        self._bell.set()

    async def run(self) -> None:
        """Work until cancelled or drained."""
        self.wake()
        beating = asyncio.create_task(self._beat(), name="ingestion heartbeat")
        try:
            while not self._is_closing:
                await self._bell.wait()
                self._bell.clear()
                await self._work_off()
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating

    async def drain(self, patience: timedelta) -> None:
        """Claim nothing more, let the batch finish for so long, hand the rest back for others to resume."""
        until = self.clock.monotonic() + patience.total_seconds()
        self._is_closing = True
        self.wake()
        async with self._claiming:
            turn, held = self._turn, self._held
        if turn is None:
            return
        await asyncio.wait([turn], timeout=max(0.0, until - self.clock.monotonic()))
        if not turn.done():
            turn.cancel()
            await asyncio.wait([turn])
            try:
                await self.journal.hand_back(held)
            except Exception as failure:
                self._complain("documents could not be handed back", failure)

    async def _work_off(self) -> None:
        while not self._is_closing:
            try:
                found = await self._left_behind() + await self._fresh()
            except Exception as failure:
                self._complain("no documents can be worked on now", failure)
                await self.clock.sleep(self.terms.retry_after_outage.total_seconds())
                continue
            if not found:
                return

    async def _left_behind(self) -> int:
        for tried in range(self.terms.left_behind_in_a_row):
            if not await self._take(self._one_left_behind):
                return tried
        return self.terms.left_behind_in_a_row

    async def _one_left_behind(self) -> Sequence[DocumentClaim]:
        claim = await self.journal.claim_left_behind(
            self.name, lease=self.terms.lease, max_claims=self.terms.max_claims
        )
        return [] if claim is None else [claim]

    async def _some(self) -> Sequence[DocumentClaim]:
        return await self.journal.claim(self.name, lease=self.terms.lease, most=self.terms.batch)

    async def _fresh(self) -> int:
        return await self._take(self._some)

    async def _take(self, claim: Callable[[], Awaitable[Sequence[DocumentClaim]]]) -> int:
        """How many were claimed and worked on. Whoever drains waits for a claim on its way, so that it is not left to
        its lease."""
        async with self._claiming:
            claims = [] if self._is_closing else await claim()
            if not claims:
                return 0
            self._held = claims
            self._turn = turn = asyncio.create_task(self._work_on(claims), name="ingestion")
        try:
            await asyncio.wait([turn])
        finally:
            turn.cancel()
            self._held, self._turn = (), None
        return len(claims)

    async def _work_on(self, claims: Sequence[DocumentClaim]) -> None:
        try:
            await self.ingest(claims)
        except Unavailable as outage:
            self._complain("documents left for later", outage)
            await self._hand_back(claims)
        except Exception as failure:
            self._complain("documents left for later", failure)

    async def _hand_back(self, claims: Sequence[DocumentClaim]) -> None:
        """As soon as the store is there again: an outage is nothing to hold against a document."""
        while True:
            try:
                await self.journal.hand_back(claims)
            except Unavailable:
                await self.clock.sleep(self.terms.retry_after_outage.total_seconds())
            else:
                return

    async def _beat(self) -> None:
        while True:
            await self.clock.sleep(self.terms.heartbeat.total_seconds())
            if held := self._held:
                try:
                    await self.journal.renew(held, lease=self.terms.lease)
                except Exception as failure:
                    self._complain("leases of documents cannot be renewed now", failure)

    def _complain(self, what: str, failure: Exception) -> None:
        """An outage passes; anything else is a defect, which must not take the process down with it."""
        level = "warning" if isinstance(failure, Unavailable) else "error"
        self.log.write(level, what, reason=repr(failure))
