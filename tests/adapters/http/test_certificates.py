"""The connection goes to an address, but the certificate has to be the name's."""

import asyncio
from pathlib import Path

import pytest

from adapters.http.guarded_fetcher import GuardedFetcher
from application.ports.http_fetcher import FetchRequest
from domain.outgoing.allow_list import AllowList, open_place
from domain.outgoing.errors import CertificateRefused, ConnectionBroken, TookTooLong
from tests.adapters.http.authority import Authority
from tests.adapters.http.servers import Names, a_redirect, a_reply, saying, serving

ALLOWED = AllowList((open_place("127.0.0.1"),))


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def test_the_certificate_is_verified_by_name_although_the_address_is_pinned(
    authority: Authority, tmp_path: Path
) -> None:
    names = Names({"right.example": [["127.0.0.1"]], "wrong.example": [["127.0.0.1"]]})
    fetcher = GuardedFetcher(names, ALLOWED, trust=authority.trust)
    async with serving(saying(a_reply(b"safe")), tls=authority.server("right.example", tmp_path)) as server:
        reply = await fetcher.fetch(FetchRequest(method="GET", url=f"https://right.example:{server.port}/"))
        assert reply.body == b"safe"
        assert server.received[0].headers["host"] == f"right.example:{server.port}"
        for url in (f"https://wrong.example:{server.port}/", f"https://127.0.0.1:{server.port}/"):
            with pytest.raises(CertificateRefused, match="not to be trusted"):
                await fetcher.fetch(FetchRequest(method="GET", url=url))
    assert len(server.received) == 1


async def test_trusts_nobody_without_a_known_authority(authority: Authority, tmp_path: Path) -> None:
    fetcher = GuardedFetcher(Names({"right.example": [["127.0.0.1"]]}), ALLOWED)
    async with serving(saying(a_reply(b"")), tls=authority.server("right.example", tmp_path)) as server:
        with pytest.raises(CertificateRefused):
            await fetcher.fetch(FetchRequest(method="GET", url=f"https://right.example:{server.port}/"))


async def test_says_so_when_the_other_side_does_not_speak_tls() -> None:
    async def answer_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(a_reply(b"plain"))
        writer.close()

    async with await asyncio.start_server(answer_plainly, "127.0.0.1") as server:
        with pytest.raises(ConnectionBroken, match="no secure connection"):
            await GuardedFetcher(Names(), ALLOWED).fetch(FetchRequest(method="GET", url=_url_of(server)))


@pytest.mark.parametrize("gives_up", ["time limit", "cancellation"])
async def test_a_handshake_that_never_ends_is_closed_at_once(gives_up: str) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def listen_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        begun.set()
        while await reader.read(1000):
            pass
        ended.set()
        writer.close()

    async with await asyncio.start_server(listen_only, "127.0.0.1") as server:
        time_limit = 1 if gives_up == "time limit" else 60
        request = FetchRequest(method="GET", url=_url_of(server), time_limit=time_limit)
        call = asyncio.ensure_future(GuardedFetcher(Names(), ALLOWED).fetch(request))
        await asyncio.wait_for(begun.wait(), 10)
        if gives_up == "cancellation":
            call.cancel()
        with pytest.raises((TookTooLong, asyncio.CancelledError)):
            await call
        await asyncio.wait_for(ended.wait(), 0.2)


def _url_of(server: asyncio.Server) -> str:
    return f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_credentials_do_not_go_along_from_https_to_http(authority: Authority, tmp_path: Path) -> None:
    fetcher = GuardedFetcher(Names({"right.example": [["127.0.0.1"]]}), ALLOWED, trust=authority.trust)
    async with serving(saying(a_reply())) as plain:
        location = f"http://right.example:{plain.port}/"
        async with serving(saying(a_redirect(location)), tls=authority.server("right.example", tmp_path)) as safe:
            url = f"https://right.example:{safe.port}/"
            await fetcher.fetch(FetchRequest(method="GET", url=url, headers={"Authorization": "Bearer s"}))
    assert "authorization" in safe.received[0].headers
    assert "authorization" not in plain.received[0].headers
