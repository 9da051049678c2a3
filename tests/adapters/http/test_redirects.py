"""Each redirect is judged like a call of its own."""

import asyncio

import pytest

from application.ports.http_fetcher import FetchReply, FetchRequest
from domain.outgoing.errors import AddressRefused, BadUrl, OutgoingCallFailed, TooManyRedirects
from tests.adapters.http.calling import a_fetcher, get
from tests.adapters.http.servers import Names, Received, a_redirect, a_reply, saying, serving

HERE = "127.0.0.1"
SECRETS = {"Authorization": "Bearer s", "Cookie": "s=1", "X-Api-Key": "s", "Content-Type": "text/plain"}


async def _called(url: str, method: str = "POST", *allowed: str) -> FetchReply:
    request = FetchRequest(method=method, url=url, headers=SECRETS, body=b"data", idempotency_key="k")
    return await a_fetcher(*(allowed or (HERE,))).fetch(request)


async def _first_elsewhere(request: Received, writer: asyncio.StreamWriter) -> None:
    is_first = request.line.split()[1] == "/"
    writer.write(a_redirect("/there?x=1", "301 Moved") if is_first else a_reply(b"there"))


async def test_follows_relative_redirects_with_all_headers() -> None:
    async with serving(_first_elsewhere) as server:
        reply = await _called(server.url, "PUT")
    assert (reply.body, reply.url) == (b"there", server.url + "there?x=1")
    second = server.received[1]
    assert (second.line, second.body) == ("PUT /there?x=1 HTTP/1.1", b"data")
    assert second.headers.items() >= {"authorization": "Bearer s", "cookie": "s=1", "x-api-key": "s"}.items()


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "PATCH", "PATCH"),
        (302, "DELETE", "DELETE"),
    ],
)
async def test_changes_methods_as_browsers_do(status: int, method: str, then: str) -> None:
    async with serving(saying(a_reply())) as there, serving(saying(a_redirect(there.url, f"{status} Go"))) as here:
        await _called(here.url, method)
    assert there.received[0].line.startswith(then + " ")
    assert (there.received[0].body == b"data") is (method == then)
    assert ("content-type" in there.received[0].headers) is (method == then)


async def test_credentials_do_not_go_along_to_another_origin() -> None:
    async with serving(saying(a_reply())) as there, serving(saying(a_redirect(there.url, "307 Go"))) as here:
        await _called(here.url)
    assert here.received[0].headers["x-api-key"] == "s"
    assert set(there.received[0].headers) == {
        "host",
        "connection",
        "accept",
        "accept-encoding",
        "user-agent",
        "content-type",
        "content-length",
    }


@pytest.mark.parametrize(
    "location", ["http://127.0.0.2:{port}/", "http://localhost:{port}/", "http://169.254.169.254/"]
)
async def test_a_redirect_into_private_space_is_refused(location: str) -> None:
    async with (
        serving(saying(a_reply(b"secret")), host="127.0.0.2") as inside,
        serving(saying(a_redirect(location.format(port=inside.port)))) as here,
    ):
        with pytest.raises(AddressRefused):
            await get(here.url, HERE, names=Names({"localhost": [["127.0.0.2"]]}))
    assert not inside.received


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "http://0x7f.1/"]
)
async def test_a_redirect_to_a_bad_url_is_refused(location: str) -> None:
    async with serving(saying(a_redirect(location))) as here:
        with pytest.raises(BadUrl, match="redirects to a bad URL"):
            await get(here.url, HERE)


async def test_gives_up_after_five_redirects() -> None:
    async def around(request: Received, writer: asyncio.StreamWriter) -> None:
        step = int(request.line.split()[1].strip("/") or 0)
        writer.write(a_redirect(f"/{step + 1}") if step < last else a_reply(b"end"))

    async with serving(around) as server:
        last = 5
        assert (await get(server.url, HERE)).body == b"end"
        last = 6
        with pytest.raises(TooManyRedirects, match="more than 5 times"):
            await get(server.url, HERE)
    assert len(server.received) == 12


async def test_a_redirect_without_a_location_is_an_answer() -> None:
    async with serving(saying(a_reply(b"where?", status="302 Found"))) as server:
        reply = await get(server.url, HERE)
    assert (reply.status, reply.body) == (302, b"where?")


async def test_no_location_whatever_makes_it_crash() -> None:
    for location in ("//", "http://", "http://[", "\x80\xff", "?", "http://x:y/", "/" * 70_00, "http://\xe4\xf6/"):
        async with serving(
            saying(a_redirect(location).replace(location.encode(), location.encode("latin-1")))
        ) as server:
            with pytest.raises(OutgoingCallFailed):
                await get(server.url, HERE)
