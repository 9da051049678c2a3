"""An outage costs the one who tries, and is told now and then."""

import asyncio
from datetime import timedelta

import pytest

from adapters.redis.circuit import Circuit
from tests.fakes.clock import FakeClock


class Store:
    def __init__(self) -> None:
        self.asked = 0
        self.is_down = False
        self.warnings: list[str] = []
        self.clock = FakeClock()
        self.circuit = Circuit(self.clock, warn=self.warnings.append, patience=0.01)

    async def answer(self) -> str:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_down:
            raise ConnectionError("redis://:secret@example.com")
        return "answer"

    async def ask(self, *, after: float = 0) -> str | None:
        self.clock.advance(timedelta(seconds=after))
        return await self.circuit.ask(self.answer)


@pytest.fixture
def store() -> Store:
    return Store()


async def test_asks_a_store_that_answers(store: Store) -> None:
    assert [await store.ask() for _ in range(3)] == ["answer"] * 3
    assert store.warnings == []


async def test_leaves_a_store_that_failed_alone_for_a_second(store: Store) -> None:
    store.is_down = True
    assert [await store.ask() for _ in range(5)] == [None] * 5
    assert store.asked == 1
    store.is_down = False
    assert await store.ask(after=0.999) is None
    assert await store.ask(after=0.001) == "answer"
    assert await store.ask() == "answer"


async def test_one_at_a_time_tries_whether_a_store_is_back(store: Store) -> None:
    store.is_down = True
    await store.ask()
    store.clock.advance(timedelta(seconds=1))
    await asyncio.gather(*(store.ask() for _ in range(10)))
    assert store.asked == 2


async def test_warns_once_in_ten_seconds_and_tells_no_secret(store: Store) -> None:
    store.is_down = True
    for _ in range(10):
        await store.ask(after=1)
    assert store.warnings == ["Redis does not answer (ConnectionError): this process counts for itself"]
    await store.ask(after=1)
    assert len(store.warnings) == 2


async def test_gives_up_a_store_that_hangs(store: Store) -> None:
    hung = asyncio.Event()

    async def hang() -> str:
        await hung.wait()
        return "late"

    assert await store.circuit.ask(hang) is None
    assert "TimeoutError" in store.warnings[0]


async def test_being_cancelled_is_no_failure_of_the_store(store: Store) -> None:
    asking = asyncio.create_task(store.circuit.ask(asyncio.Event().wait))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await store.ask() == "answer"
