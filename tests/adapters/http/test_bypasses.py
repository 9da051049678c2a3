"""Ways around the address check that are none."""

import contextlib
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.http.destination import destination
from adapters.http.guard import Guard
from adapters.http.resolver import SystemResolver
from domain.outgoing.addresses import Address
from domain.outgoing.allow_list import AllowList
from domain.outgoing.errors import AddressRefused, BadUrl, NameNotResolved, OutgoingCallFailed
from tests.adapters.http.calling import get
from tests.adapters.http.servers import Names, a_reply, saying, serving


class LenientNames:
    """Understands every spelling of an address that any system does, as the worst of resolvers would."""

    async def resolve(self, host: str) -> Sequence[Address]:
        with contextlib.suppress(OSError):
            return [IPv4Address(socket.inet_aton(host))]
        with contextlib.suppress(ValueError):
            return [ip_address(host)]
        raise NameNotResolved(host)


async def reached(url: str) -> Sequence[Address]:
    return await Guard(LenientNames(), AllowList()).addresses(destination(url))


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",  # decimal
        "0x7f000001",
        "0X7F.0.0.1",
        "017700000001",  # octal
        "0177.0.0.1",
        "127.1",  # short
        "127.0.1",
        "0",
        "0.0.0.0",
        "127.0.0.1.",
        "127.0.0.01",
        "127.0.0.0x1",
        "256.0.0.1",
        "4294967296",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b:1::10.0.0.1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::1]",
        "[fd00:ec2::254]",
        "[fe80::1%25eth0]",
        "[ff02::1]",
        "%31%32%37.0.0.1",
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
        "\u2460\u2461\u2466.0.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
async def test_every_spelling_of_an_inner_address_is_refused(host: str) -> None:
    with pytest.raises((AddressRefused, BadUrl)):
        await reached(f"http://{host}/")


@pytest.mark.parametrize("host", ["localhost", "localhost.", "LOCALHOST", "ip6-localhost"])
async def test_names_of_this_machine_are_refused(host: str) -> None:
    resolver = SystemResolver()
    with pytest.raises((AddressRefused, NameNotResolved)):
        await Guard(resolver, AllowList()).addresses(destination(f"http://{host}/"))
    resolver.close()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "javascript:alert(1)",
        "//example.com/",
        "example.com",
        "",
        "http://",
        "http:///etc/passwd",
        "http://user:secret@example.com/",
        "http://example.com@127.0.0.1/",
        "http://127.0.0.1\\@example.com/",
        "http://example.com\r\nHost: x/",
        "http://example.com/\r\nX-Evil: 1",
        "http://example.com/\0",
        "http://exa mple.com/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:http/",
        "http://a..b/",
        "http://[::1/",
        "http://*/",
        "http://" + "a" * 64 + ".com/",
        "http://example.com/" + "a" * 70_000,
    ],
)
def test_urls_that_could_be_read_in_two_ways_are_refused(url: str) -> None:
    with pytest.raises(BadUrl) as refused:
        destination(url)
    assert "secret" not in str(refused.value)


async def test_names_of_all_scripts_are_called_by_their_ascii_form() -> None:
    names = Names({"xn--bcher-kva.example": [["127.0.0.1"]]})
    async with serving(saying(a_reply(b"b"))) as server:
        url = f"http://BÜCHER.example.:{server.port}/"
        reply = await get(url, "xn--bcher-kva.example", names=names)
    assert reply.body == b"b"
    assert names.asked == ["xn--bcher-kva.example"]


@pytest.mark.parametrize("port", [22, 25, 6379, 6667])
async def test_ports_of_other_protocols_are_refused(port: int) -> None:
    with pytest.raises(AddressRefused, match="another protocol"):
        await reached(f"http://8.8.8.8:{port}/")
    assert await reached("https://8.8.8.8:8443/") == [IPv4Address("8.8.8.8")]


async def test_one_inner_address_among_many_is_enough_to_refuse() -> None:
    names = Names({"mixed.example": [["8.8.8.8", "2606:4700::1111", "10.0.0.1"]]})
    with pytest.raises(AddressRefused):
        await Guard(names, AllowList()).addresses(destination("http://mixed.example/"))


async def test_a_name_that_changes_its_mind_is_called_where_it_was_judged() -> None:
    names = Names({"rebinding.example": [["127.0.0.2"], ["127.0.0.1"]]})
    async with (
        serving(saying(a_reply(b"judged")), host="127.0.0.2") as judged,
        serving(saying(a_reply(b"inside")), port=judged.port) as inside,
    ):
        url = f"http://rebinding.example:{judged.port}/"
        assert (await get(url, "127.0.0.2", names=names)).body == b"judged"
        assert names.asked == ["rebinding.example"]
        assert judged.received[0].headers["host"] == f"rebinding.example:{judged.port}"
        with pytest.raises(AddressRefused):
            await get(url, "127.0.0.2", names=names)
    assert not inside.received


INNER = st.one_of(
    st.sampled_from(["127.0.0.0/8", "10.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8"])
    .map(lambda network: network.partition("/"))
    .flatmap(
        lambda parts: st.integers(0, 2 ** (32 - int(parts[2])) - 1).map(lambda add: int(IPv4Address(parts[0])) + add)
    )
)


@st.composite
def spelled(draw: st.DrawFn) -> str:
    """An inner address, written in one of the many ways."""
    number = draw(INNER)
    address = IPv4Address(number)
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    octets = [draw(st.sampled_from([f"{each}", f"0x{each:x}", f"0{each:o}", f"{each:03}"])) for each in address.packed]
    short = draw(st.integers(0, 3))
    dotted = [*map(str, address.packed[:short]), str(int.from_bytes(address.packed[short:]))]
    wrapped = [f"::ffff:{address}", f"::{high}:{low}", f"64:ff9b::{high}:{low}", f"2002:{high}:{low}::1"]
    forms = [
        ".".join(octets),
        ".".join(dotted),
        hex(number),
        f"0{number:o}",
        str(number),
        *(f"[{each}]" for each in wrapped),
        *(f"[{IPv6Address(each).exploded.upper()}]" for each in wrapped),
        "".join(chr(ord(each) + 0xFEE0) if each.isdigit() else each for each in str(address)),
        "".join(f"%{ord(each):02x}" for each in str(address)),
        str(address).replace(".", "\u3002"),
    ]
    return draw(st.sampled_from(forms)) + draw(st.sampled_from(["", ".", ":80", ":8080"]))


@given(spelled())
async def test_no_spelling_of_an_inner_address_gets_through(host: str) -> None:
    with pytest.raises(OutgoingCallFailed):
        await reached(f"http://{host}/")


@given(st.text(max_size=40))
async def test_no_text_whatever_gets_through_or_crashes(text: str) -> None:
    for url in (text, f"http://{text}", f"http://{text}/", f"http://127.0.0.1{text}"):
        with pytest.raises(OutgoingCallFailed):
            await reached(url)
