"""A worker of documents: woken by rings, one batch at a time, nothing left half done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from application.knowledge.ingestor import Ingestor, IngestorTerms
from application.maintenance.give_up_documents import GiveUpDocuments
from application.ports.ingestion_journal import BatchSize, DocumentClaim
from domain.errors import Unavailable
from domain.ids import DocumentId
from tests.unit.application.knowledge.desk import LEASE, Desk


@dataclass
class Work:
    """What is done about a batch; remembers who came together."""

    desk: Desk
    batches: list[list[DocumentId]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    act: Callable[[Sequence[DocumentClaim]], Awaitable[object]] | None = None

    async def __call__(self, claims: Sequence[DocumentClaim]) -> None:
        self.batches.append([each.document_id for each in claims])
        self.begun.set()
        await (self.act or self.desk.ingest)(claims)


def an_ingestor(desk: Desk, work: Work) -> Ingestor:
    return Ingestor(
        name="a",
        journal=desk.journal,
        ingest=work,
        clock=NeverBeats(desk),
        log=desk.log,
        terms=IngestorTerms(batch=BatchSize(documents=2)),
    )


class NeverBeats:
    """The desk's clock, on which heartbeats take for ever and outages pass at once."""

    def __init__(self, desk: Desk) -> None:
        self._clock = desk.clock

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        if "heartbeat" in str(asyncio.current_task()):
            await asyncio.Event().wait()


@asynccontextmanager
async def working(ingestor: Ingestor) -> AsyncIterator[None]:
    loop = asyncio.create_task(ingestor.run())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0)


async def test_works_off_what_waits_batch_by_batch() -> None:
    desk = Desk()
    documents = await desk.brings("one", "two", "three")
    work = Work(desk)
    async with working(an_ingestor(desk, work)):
        await until(lambda: set(desk.statuses(documents)) == {"ready"})
    assert work.batches == [documents[:2], documents[2:]]


async def test_is_woken_by_a_ring() -> None:
    desk = Desk()
    work = Work(desk)
    ingestor = an_ingestor(desk, work)
    async with working(ingestor):
        await asyncio.sleep(0)
        documents = await desk.brings("one")
        ingestor.wake()
        await until(lambda: desk.statuses(documents) == ["ready"])


async def test_tries_what_others_left_behind_one_by_one_and_first() -> None:
    desk = Desk()
    left = await desk.brings("one", "two")
    await desk.claims()
    desk.clock.advance(LEASE)
    fresh = await desk.brings("three", "four")
    work = Work(desk)
    async with working(an_ingestor(desk, work)):
        await until(lambda: set(desk.statuses([*left, *fresh])) == {"ready"})
    assert work.batches == [[left[0]], [left[1]], fresh]


async def test_a_document_that_ends_its_workers_is_given_up_and_no_other() -> None:
    desk = Desk()
    poison, fine = await desk.brings("poison", "fine")
    give_up = GiveUpDocuments(journal=desk.journal, max_claims=3)
    for _ in range(4):
        work = Work(desk, act=lambda _: asyncio.Event().wait())
        ingestor = an_ingestor(desk, work)
        async with working(ingestor):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        desk.clock.advance(LEASE)
        await give_up()
    assert desk.statuses([poison]) == ["failed"]
    assert "3 workers in a row" in (desk.sees(poison).error or "")
    async with working(an_ingestor(desk, Work(desk))):
        await until(lambda: desk.statuses([fine]) == ["ready"])


async def test_survives_defects_and_outages() -> None:
    desk = Desk()
    documents = await desk.brings("one")
    work = Work(desk)
    ingestor = an_ingestor(desk, work)
    desk.store.is_down = True
    async with working(ingestor):
        await until(lambda: bool(desk.log.lines))
        desk.store.is_down = False
        await until(lambda: desk.statuses(documents) == ["ready"])
    assert desk.log.lines[0][:2] == ("warning", "no documents can be worked on now")


async def test_an_outage_in_the_middle_costs_no_claim() -> None:
    desk = Desk()
    documents = await desk.brings("one")

    async def fails_once(claims: Sequence[DocumentClaim]) -> None:
        work.act = None
        desk.store.is_down = True
        asyncio.get_running_loop().call_later(0.01, lambda: setattr(desk.store, "is_down", False))
        raise Unavailable("The store does not answer")

    work = Work(desk, act=fails_once)
    async with working(an_ingestor(desk, work)):
        await until(lambda: not desk.store.is_down and desk.statuses(documents) == ["ready"])
    assert desk.sees(documents[0]).claims == 1


async def test_hands_back_what_it_cannot_finish_in_time() -> None:
    desk = Desk()
    documents = await desk.brings("one", "two", "three")
    never = asyncio.Event()
    work = Work(desk, act=lambda _: never.wait())
    ingestor = an_ingestor(desk, work)
    loop = asyncio.create_task(ingestor.run())
    await work.begun.wait()
    await ingestor.drain(timedelta(milliseconds=1))
    await loop
    assert desk.statuses(documents) == ["pending"] * 3
    assert {desk.sees(each).claims for each in documents} == {0}
    assert len(work.batches) == 1


async def test_takes_a_claim_that_was_on_its_way_when_it_was_drained_and_hands_it_back() -> None:
    desk = Desk()
    documents = await desk.brings("one")
    claim, on_its_way, may_arrive = desk.journal.claim, asyncio.Event(), asyncio.Event()

    async def slow(worker: str, **terms: Any) -> Sequence[DocumentClaim]:
        claimed = await claim(worker, **terms)
        on_its_way.set()
        await may_arrive.wait()
        desk.clock.advance(timedelta(minutes=1))  # which is part of the patience
        return claimed

    desk.journal.claim = slow  # type: ignore[method-assign]
    ingestor = an_ingestor(desk, Work(desk, act=lambda _: asyncio.Event().wait()))
    loop = asyncio.create_task(ingestor.run())
    await on_its_way.wait()
    draining = asyncio.create_task(ingestor.drain(timedelta(minutes=1)))
    await asyncio.sleep(0)
    may_arrive.set()
    async with asyncio.timeout(10):
        await draining
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert desk.statuses(documents) == ["pending"]
    assert desk.sees(documents[0]).claims == 0


async def test_hands_back_after_an_outage_although_it_drains() -> None:
    desk = Desk()
    documents = await desk.brings("one")

    async def fails(claims: Sequence[DocumentClaim]) -> None:
        desk.store.is_down = True
        draining.set_result(asyncio.create_task(ingestor.drain(timedelta(seconds=5))))
        asyncio.get_running_loop().call_later(0.01, lambda: setattr(desk.store, "is_down", False))
        raise Unavailable("The store does not answer")

    draining: asyncio.Future[asyncio.Task[None]] = asyncio.get_running_loop().create_future()
    ingestor = an_ingestor(desk, Work(desk, act=fails))
    loop = asyncio.create_task(ingestor.run())
    await (await draining)
    await loop
    assert desk.statuses(documents) == ["pending"]
    assert desk.sees(documents[0]).claims == 0
