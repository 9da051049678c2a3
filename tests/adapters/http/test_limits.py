"""Answers that never end, come too slowly or are too much: over real connections."""

import asyncio
import gzip
import time

import pytest

from adapters.http.slots import Slots
from application.ports.http_fetcher import FetchRequest
from domain.outgoing.errors import AnswerTooLarge, OutgoingCallFailed, TookTooLong
from tests.adapters.http.calling import a_fetcher, get
from tests.adapters.http.servers import Received, a_reply, saying, serving

HERE = "127.0.0.1"
MIB = 1024 * 1024


async def small(url: str, limit: int = MIB) -> bytes:
    """A body of `limit` bytes at most."""
    return (await a_fetcher(HERE).fetch(FetchRequest(method="GET", url=url, size_limit=limit, time_limit=5))).body


async def test_a_body_may_be_exactly_as_large_as_the_limit() -> None:
    async with serving(saying(a_reply(b"x" * 1000))) as server:
        assert len(await small(server.url, 1000)) == 1000
        with pytest.raises(AnswerTooLarge, match="larger than 999 bytes"):
            await small(server.url, 999)


@pytest.mark.parametrize("bomb", [gzip.compress(bytes(200 * MIB), 1, mtime=0), gzip.compress(bytes(MIB), mtime=0) * 2])
async def test_a_compressed_bomb_does_not_go_off(bomb: bytes) -> None:
    async with serving(saying(a_reply(bomb, "Content-Encoding: gzip"))) as server:
        with pytest.raises(AnswerTooLarge, match=r"larger than 1 MiB"):
            await small(server.url)


@pytest.mark.parametrize("piece", [b"x" * 65536, gzip.compress(b"", mtime=0) * 3000])
async def test_an_endless_body_ends_at_the_limit_even_when_it_decodes_to_nothing(piece: bytes) -> None:
    kind = b"identity" if piece[:1] == b"x" else b"gzip"

    async def pour(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: " + kind + b"\r\n\r\n")
        while True:
            writer.write(piece)
            await writer.drain()

    async with serving(pour) as server:
        with pytest.raises(AnswerTooLarge):
            await small(server.url)
        await asyncio.wait_for(server.gone.wait(), 1)


@pytest.mark.parametrize(
    "head",
    [
        b"X-Long: " + b"x" * 300_000 + b"\r\n",
        b"X-Long: " + b"x" * 70_000 + b"\r\n",
        b"".join(b"X-%d: 1\r\n" % number for number in range(9000)),
    ],
)
async def test_huge_headers_are_refused(head: bytes) -> None:
    async with serving(saying(b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: 0\r\n\r\n")) as server:
        with pytest.raises(AnswerTooLarge, match="header of the answer is larger than 64 KiB"):
            await small(server.url)


async def _drip(writer: asyncio.StreamWriter, piece: bytes) -> None:
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
async def test_the_time_limit_holds_for_slow_headers_and_slow_bodies(beginning: bytes, drop: bytes) -> None:
    async def drip(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        await _drip(writer, drop)

    async with serving(drip) as server:
        begun = time.monotonic()
        with pytest.raises(TookTooLong, match="HTTP request timed out after 1000ms"):
            await get(server.url, HERE, time_limit=1)
        assert time.monotonic() - begun < 1.8
        await asyncio.wait_for(server.gone.wait(), 1)


async def test_the_time_limit_holds_for_a_whole_chain_of_redirects() -> None:
    async def slowly_elsewhere(_: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(a_reply(b"", "Location: /", status="302 Found"))

    async with serving(slowly_elsewhere) as server:
        with pytest.raises(TookTooLong):
            await get(server.url, HERE, time_limit=0.25)


async def test_cancellation_closes_the_connection_at_once() -> None:
    async def stall(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")
        await asyncio.sleep(60)

    async with serving(stall) as server:
        call = asyncio.ensure_future(get(server.url, HERE))
        while not server.received:
            await asyncio.sleep(0.01)
        begun = time.monotonic()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(server.gone.wait(), 5)
        assert time.monotonic() - begun < 0.2


async def test_many_calls_to_one_host_leave_room_for_others() -> None:
    slots = Slots(overall=3, per_host=2)
    most = {"a": 0, "b": 0}
    now = {"a": 0, "b": 0}

    async def hold(host: str) -> None:
        async with slots.taken(host):
            now[host] += 1
            most[host] = max(most[host], now[host])
            assert now["a"] + now["b"] <= 3
            await asyncio.sleep(0.01)
            now[host] -= 1

    calls = [hold("a") for _ in range(10)] + [hold("b") for _ in range(3)]
    await asyncio.gather(*calls)
    assert most == {"a": 2, "b": 1}
    assert not slots._hosts


async def test_waiting_for_a_turn_counts_as_time_and_can_be_cancelled() -> None:
    fetcher = a_fetcher(HERE)
    fetcher._slots = Slots(overall=1, per_host=1)

    async def stall(_: Received, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with serving(stall) as server:
        first = asyncio.ensure_future(fetcher.fetch(FetchRequest(method="GET", url=server.url)))
        await asyncio.sleep(0.1)
        with pytest.raises(OutgoingCallFailed):
            await fetcher.fetch(FetchRequest(method="GET", url=server.url, time_limit=0.1))
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    assert server.connections == 1
