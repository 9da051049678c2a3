from ipaddress import ip_address

import pytest

from domain.outgoing.allow_list import AllowList, open_place


def covers(text: str, host: str, port: int, address: str) -> bool:
    places = tuple(map(open_place, text.split()))
    return AllowList(places).covers(host, port, ip_address(address))


@pytest.mark.parametrize(
    ("text", "host", "port", "address", "is_covered"),
    [
        ("", "inner.example", 80, "10.0.0.1", False),
        ("inner.example", "inner.example", 80, "10.0.0.1", True),
        ("INNER.example.", "inner.example", 81, "10.0.0.1", True),
        ("inner.example", "other.inner.example", 80, "10.0.0.1", False),
        ("inner.example:8080", "inner.example", 8080, "10.0.0.1", True),
        ("inner.example:8080", "inner.example", 80, "10.0.0.1", False),
        ("10.0.0.0/8", "whatever.example", 80, "10.9.9.9", True),
        ("10.0.0.0/8", "whatever.example", 80, "11.0.0.1", False),
        ("10.0.0.1", "10.0.0.1", 80, "10.0.0.1", True),
        ("10.0.0.1:81", "inner.example", 81, "10.0.0.1", True),
        ("10.0.0.1:81", "inner.example", 80, "10.0.0.1", False),
        ("fd00::/8", "x", 80, "fd00::1", True),
        ("[fd00::1]:81", "x", 81, "fd00::1", True),
        ("[fd00::1]", "x", 81, "fd00::1", True),
        ("127.0.0.1", "x", 80, "::ffff:127.0.0.1", False),
        ("a.example 10.0.0.1", "b.example", 80, "10.0.0.1", True),
    ],
)
def test_covers_names_addresses_and_networks(text: str, host: str, port: int, address: str, is_covered: bool) -> None:
    assert covers(text, host, port, address) is is_covered


def test_a_metadata_service_is_only_covered_by_its_own_address() -> None:
    for text in ("169.254.0.0/16", "0.0.0.0/0", "metadata.internal"):
        assert not covers(text, "metadata.internal", 80, "169.254.169.254")
    assert covers("169.254.169.254", "metadata.internal", 80, "169.254.169.254")


@pytest.mark.parametrize(
    "text",
    ["", "*", "*.example", "http://x", "x/y", "10.0.0.0/33", "10.1", "x:0", "x:65536", "a b", "[x]:1:2"],
)
def test_refuses_what_is_no_place(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        open_place(text)
