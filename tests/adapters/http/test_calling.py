"""What goes out and what comes back, over real connections."""

import asyncio
import gzip
import zlib

import pytest

from application.ports.http_fetcher import FetchRequest
from domain.outgoing.errors import AnswerUnreadable, BadHeader, ConnectionBroken, OutgoingCallFailed
from tests.adapters.http.calling import a_fetcher, get
from tests.adapters.http.servers import Names, a_reply, saying, serving

HERE = "127.0.0.1"


async def test_brings_back_status_headers_and_body() -> None:
    answer = a_reply(b"so it is", "X-One: 1", "x-one: 2", status="418 I'm a teapot")
    async with serving(saying(answer)) as server:
        reply = await get(server.url + "a?b=c#d", HERE)
    assert (reply.status, reply.status_text, reply.body) == (418, "I'm a teapot", b"so it is")
    assert reply.headers == {"content-length": "8", "x-one": "1, 2"}
    assert reply.url == server.url + "a?b=c"
    assert 0 < reply.elapsed < 5
    assert server.received[0].line == "GET /a?b=c HTTP/1.1"
    assert server.received[0].headers["host"] == f"127.0.0.1:{server.port}"


async def test_sends_method_headers_and_body_but_decides_itself_about_the_connection() -> None:
    given = {"X-Token": " t ", "Host": "evil.example", "Content-Length": "999", "Transfer-Encoding": "chunked"}
    async with serving(saying(a_reply())) as server:
        await a_fetcher(HERE).fetch(FetchRequest(method="patch", url=server.url, headers=given, body=b"new"))
    received = server.received[0]
    assert (received.line, received.body) == ("PATCH / HTTP/1.1", b"new")
    assert received.headers["x-token"] == "t"
    assert received.headers["host"] == f"127.0.0.1:{server.port}"
    assert received.headers["content-length"] == "3"
    assert "transfer-encoding" not in received.headers


@pytest.mark.parametrize(("method", "is_sent"), [("POST", True), ("DELETE", True), ("GET", False), ("OPTIONS", False)])
async def test_names_calls_that_change_things(method: str, is_sent: bool) -> None:
    async with serving(saying(a_reply())) as server:
        await a_fetcher(HERE).fetch(FetchRequest(method=method, url=server.url, idempotency_key="run-node"))
    assert (server.received[0].headers.get("idempotency-key") == "run-node") is is_sent


async def test_headers_that_were_given_win_over_ours_in_any_case() -> None:
    given = {"IDEMPOTENCY-KEY": "mine", "User-agent": "me", "accept": "text/plain"}
    async with serving(saying(a_reply())) as server:
        request = FetchRequest(method="POST", url=server.url, headers=given, idempotency_key="ours")
        await a_fetcher(HERE).fetch(request)
    headers = server.received[0].headers
    assert (headers["idempotency-key"], headers["user-agent"], headers["accept"]) == ("mine", "me", "text/plain")


@pytest.mark.parametrize(
    ("name", "value"), [("X-A", "1\r\nX-B: 2"), ("X-A", "1\nHost: x"), ("X-A", "\0"), ("X-A\r\nX-B", "1"), ("", "1")]
)
async def test_refuses_line_breaks_in_headers_and_does_not_repeat_their_values(name: str, value: str) -> None:
    with pytest.raises(BadHeader) as refused:
        await a_fetcher(HERE).fetch(FetchRequest(method="GET", url="http://127.0.0.1:1/", headers={name: value}))
    assert "Host" not in str(refused.value)


async def test_refuses_headers_that_cannot_be_written() -> None:
    with pytest.raises(BadHeader, match='"X-Name" holds characters'):
        await a_fetcher(HERE).fetch(FetchRequest(method="GET", url="http://127.0.0.1:1/", headers={"X-Name": "日本"}))


async def test_keeps_no_cookies_and_no_connection() -> None:
    fetcher = a_fetcher(HERE)
    async with serving(saying(a_reply(b"", "Set-Cookie: a=1"))) as server:
        for _ in range(2):
            await fetcher.fetch(FetchRequest(method="GET", url=server.url))
    assert server.connections == 2
    assert not any("cookie" in each.headers for each in server.received)


async def test_uses_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with serving(saying(a_reply(b"direct"))) as server:
        assert (await get(server.url, HERE)).body == b"direct"


async def test_takes_the_next_address_when_nobody_listens_at_the_first() -> None:
    async with serving(saying(a_reply(b"second"))) as server:
        names = Names({"two.example": [["127.0.0.9", "127.0.0.1"]]})
        reply = await get(f"http://two.example:{server.port}/", "two.example", names=names)
    assert reply.body == b"second"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
    ],
)
async def test_decompresses(encoding: str, body: bytes) -> None:
    async with serving(saying(a_reply(body, f"Content-Encoding: {encoding}"))) as server:
        assert (await get(server.url, HERE)).body == b"hello"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", b"not gzip"), ("gzip", gzip.compress(b"hello", mtime=0)[:-9]), ("br", b"..."), ("gzip, gzip", b"...")],
)
async def test_says_so_when_a_body_is_not_what_its_header_promises(encoding: str, body: bytes) -> None:
    async with serving(saying(a_reply(body, f"Content-Encoding: {encoding}"))) as server:
        with pytest.raises(AnswerUnreadable):
            await get(server.url, HERE)


async def test_an_answer_to_head_has_no_body_whatever_it_announces() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\nContent-Encoding: gzip\r\n\r\n"
    async with serving(saying(answer)) as server:
        reply = await a_fetcher(HERE).fetch(FetchRequest(method="HEAD", url=server.url))
    assert reply.body == b""


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
async def test_says_so_when_the_answer_is_broken(answer: bytes) -> None:
    async def hang_up(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.write_eof()

    async with serving(hang_up) as server:
        with pytest.raises(ConnectionBroken, match=f"127.0.0.1:{server.port}"):
            await get(server.url, HERE)


async def test_says_so_when_nobody_listens() -> None:
    async with serving(saying(b"")) as server:
        port = server.port
    with pytest.raises(ConnectionBroken, match="refused"):
        await get(f"http://127.0.0.1:{port}/", HERE)


async def test_errors_hold_nothing_but_the_host() -> None:
    for url in (
        "http://127.0.0.1:1/hook/s3cret?token=s3cret",
        "http://unknown.example/s3cret?key=s3cret",
        "http://s3cret@x/",
    ):
        with pytest.raises(OutgoingCallFailed) as failed:
            await get(url, HERE)
        assert "s3cret" not in str(failed.value)
        assert "s3cret" not in repr(FetchRequest(method="GET", url=url, headers={"a": "s3cret"}))
