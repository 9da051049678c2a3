from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.outgoing.addresses import refusal


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8"])
def test_the_world_is_open(address: str) -> None:
    assert refusal(ip_address(address)) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.8.8.8", "the machine that REX runs on"),
        ("0.0.0.0", "the machine that REX runs on"),
        ("10.1.2.3", "a private network"),
        ("100.127.255.255", "a private network"),
        ("169.254.1.1", "a link-local address"),
        ("169.254.169.254", "the metadata service of a cloud"),
        ("fd00:ec2::254", "the metadata service of a cloud"),
        ("168.63.129.16", "the metadata service of a cloud"),
        ("239.1.1.1", "a multicast address"),
        ("255.255.255.255", "a reserved address"),
        ("::1", "the machine that REX runs on"),
        ("::", "the machine that REX runs on"),
        ("::ffff:8.8.8.8", "an IPv4 address inside an IPv6 one"),
        ("2002:808:808::1", "an IPv4 address inside an IPv6 one"),
        ("2001::1", "an IPv4 address inside an IPv6 one"),
        ("64:ff9b::169.254.169.254", "the metadata service of a cloud"),
        ("64:ff9b:1::8.8.8.8", "a reserved address"),
        ("fd12::1", "a private network"),
        ("fe80::1", "a link-local address"),
        ("ff02::1", "a multicast address"),
        ("2001:db8::1", "a reserved address"),
        ("4000::1", "a reserved address"),
    ],
)
def test_everything_else_is_closed_and_says_why(address: str, reason: str) -> None:
    assert refusal(ip_address(address)) == f"it leads to {reason}".replace("leads to a private", "leads into a private")


@given(st.one_of(st.integers(0, 2**32 - 1).map(IPv4Address), st.integers(0, 2**128 - 1).map(IPv6Address)))
def test_nothing_is_open_that_the_standard_library_knows_to_be_closed(address: IPv4Address | IPv6Address) -> None:
    if refusal(address) is None and not str(address).startswith("64:ff9b::"):
        assert address.is_global
        closed = (address.is_multicast, address.is_reserved, address.is_unspecified, address.is_link_local)
        assert not any(closed)
