"""Works off runs, several at a time, for as long as it lives."""

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

from application.nodes.node import RunLog
from application.ports.clock import Clock
from application.ports.run_journal import Claim, RunJournal
from domain.errors import Unavailable
from domain.executions.errors import LeaseLost
from domain.executions.execution import ExecutionStatus
from domain.ids import ExecutionId
from domain.values.json import Json, JsonObject

OWNERS_AT_ONCE: Final = 4
"""As many owners as may use all of their slots at the same time."""


class Executes(Protocol):
    async def __call__(self, claim: Claim) -> ExecutionStatus: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTerms:
    """`slots` runs of one owner at once, and four times as many of all together.

    A lease is renewed every `heartbeat` and must outlast several of them.
    """

    slots: int = 5
    lease: timedelta = timedelta(seconds=15)
    heartbeat: timedelta = timedelta(seconds=1)
    max_claims: int = 3
    retry_after_outage: timedelta = timedelta(seconds=1)


@dataclass(slots=True)
class _Held:
    claim: Claim
    task: asyncio.Task[None]
    renewed_at: float


@dataclass(slots=True, kw_only=True)
class Worker:
    """Claims waiting runs whenever it is woken and has a free slot, until nothing waits.

    Whoever has runs in all of their slots is passed over: nobody's runs, however long they take, keep everybody
    else's from running.

    It stops working on a run as soon as it no longer owns it: at a heartbeat that says so, when told by `drop`, or
    when it could not renew for a whole lease, for by then somebody else may have taken over.
    """

    name: str
    journal: RunJournal
    execute: Executes
    clock: Clock
    log: RunLog
    terms: WorkerTerms = field(default_factory=WorkerTerms)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _freed: asyncio.Event = field(default_factory=asyncio.Event)
    _held: dict[ExecutionId, _Held] = field(default_factory=dict)
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    _passed_over: bool = False
    _is_closing: bool = False

    def wake(self) -> None:
        """It is worth looking for work now. Never blocks; many rings are one."""
        self._bell.set()

    def drop(self, execution_id: ExecutionId) -> None:
        """Stop working on a run at once, if it is here."""
        if held := self._held.get(execution_id):
            held.task.cancel()

    @property
    def busy_with(self) -> int:
        return len(self._held)

    async def run(self) -> None:
        """Work until cancelled or drained."""
        self.wake()
        beating = asyncio.create_task(self._beat(), name="heartbeat")
        try:
            while not self._is_closing:
                await self._bell.wait()
                self._bell.clear()
                await self._claim_all()
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating

    async def drain(self, patience: timedelta) -> None:
        """Claim nothing more, let runs finish for so long, hand the rest back for others to resume."""
        until = self.clock.monotonic() + patience.total_seconds()
        self._is_closing = True
        self._freed.set()
        self.wake()
        async with self._claiming:
            pass
        tasks = [held.task for held in self._held.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=max(0.0, until - self.clock.monotonic()))
        left = list(self._held.values())
        for held in left:
            held.task.cancel()
        if left:
            await asyncio.wait([held.task for held in left])
            await self._hand_back([held.claim for held in left])

    async def _claim_all(self) -> None:
        """Fill the slots; come back when one is freed, until nothing waits."""
        while not self._is_closing:
            if len(self._held) >= self.terms.slots * OWNERS_AT_ONCE:
                self._freed.clear()
                await self._freed.wait()
                continue
            try:
                is_taken = await self._claim_one()
            except Exception as failure:
                self._complain("no runs can be claimed now", failure)
                await self.clock.sleep(self.terms.retry_after_outage.total_seconds())
                continue
            if not is_taken:
                return

    async def _claim_one(self) -> bool:
        """Claimed is held: whoever drains waits for a claim on its way, so that it is not left to its lease."""
        async with self._claiming:
            held = Counter(each.claim.owner_id for each in self._held.values())
            busy = [owner for owner, count in held.items() if count >= self.terms.slots]
            self._passed_over = bool(busy)  # before the answer is there: a slot may be freed meanwhile
            claim = await self.journal.claim(
                self.name, lease=self.terms.lease, max_claims=self.terms.max_claims, passing_over=busy
            )
            if claim is not None:
                self._take(claim)
            return claim is not None

    def _take(self, claim: Claim) -> None:
        task = asyncio.create_task(self._work_on(claim), name=f"run {claim.execution_id}")
        self._held[claim.execution_id] = _Held(claim, task, self.clock.monotonic())
        task.add_done_callback(lambda _: self._let_go(claim))

    def _let_go(self, claim: Claim) -> None:
        held = self._held.get(claim.execution_id)
        if held is not None and held.claim is claim:
            del self._held[claim.execution_id]
        self._freed.set()
        if self._passed_over:
            self.wake()

    async def _work_on(self, claim: Claim) -> None:
        about: JsonObject = {"executionId": str(claim.execution_id), "epoch": claim.epoch}
        try:
            status = await self.execute(claim)
            self.log.write("info", "run ended", status=status.value, **about)
        except LeaseLost:
            self.log.write("info", "run was stopped or taken over", **about)
        except Exception as failure:
            self._complain("run left for later", failure, **about)

    async def _beat(self) -> None:
        while True:
            await self.clock.sleep(self.terms.heartbeat.total_seconds())
            if self._held:
                await self._renew_all()

    async def _renew_all(self) -> None:
        asked_at = self.clock.monotonic()
        held = list(self._held.values())
        try:
            ours = await self.journal.renew([each.claim for each in held], lease=self.terms.lease)
        except Exception as failure:
            self._complain("leases cannot be renewed now", failure)
            self._give_up_expired(held)
            return
        for each in held:
            if each.claim.execution_id in ours:
                each.renewed_at = asked_at
            else:
                each.task.cancel()

    def _give_up_expired(self, held: list[_Held]) -> None:
        latest = self.clock.monotonic() - self.terms.lease.total_seconds()
        for each in held:
            if each.renewed_at < latest:
                each.task.cancel()

    async def _hand_back(self, claims: list[Claim]) -> None:
        try:
            await self.journal.hand_back(claims)
        except Exception as failure:
            self._complain("runs could not be handed back", failure)

    def _complain(self, what: str, failure: Exception, **about: Json) -> None:
        """An outage passes; anything else is a defect, which must not take the other runs down with it."""
        level = "warning" if isinstance(failure, Unavailable) else "error"
        self.log.write(level, what, reason=repr(failure), **about)
