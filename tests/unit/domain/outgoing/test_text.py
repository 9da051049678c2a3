import pytest

from domain.outgoing.text import text_of_body


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"caf\xc3\xa9", "text/plain", "café"),
        (b"caf\xe9", "text/plain; charset=ISO-8859-1", "café"),
        (b"\x93hi\x94", 'text/plain;charset="windows-1252"', "\u201chi\u201d"),
        (b"\xef\xbb\xbf{}", "application/json", "{}"),
        (b"caf\xe9", "text/plain", "caf\ufffd"),
        (b"a", "text/plain; charset=idna", "a"),
        (b"a", "text/plain; charset=iso-8859-99", "a"),
        (b"", "", ""),
    ],
)
def test_reads_by_charset_else_as_utf_8(body: bytes, content_type: str, text: str) -> None:
    assert text_of_body(body, content_type) == text
