"""In which encoding bytes are text, when they do not say."""

import re
import unicodedata
from typing import Final

from charset_normalizer import CharsetMatch, from_bytes

SAMPLE_BYTES: Final = 64 * 1024
SAMPLE_CHARACTERS: Final = 4096
_WIDE: Final = ("utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be")
_LIKELIEST_FIRST: Final = (
    *("cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("cp932", "gb18030", "cp949", "big5", "euc_jp", "utf_16_le", "utf_16_be"),
)
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_LAYOUT: Final = "\t\n\v\f\r\x1b"
_NO_CHARACTER: Final = ("Cc", "Cn", "Co")
_TWO_SCRIPTS_IN_A_WORD: Final = re.compile(r"[A-Za-z][\u0370-\u06ff]|[\u0370-\u06ff][A-Za-z]")


def guessed(content: bytes) -> str | None:
    """The likeliest encoding in which all of `content` is text; None when there is none."""
    if b"\0" in content:
        return _guessed_wide(content)
    if _CONTROLS.search(content):
        return None
    return next((each for each in _ranked(_sample(content)) if _text(content, each) is not None), None)


def _guessed_wide(content: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: the byte order in which blanks and line ends are what they should be."""
    found: dict[str, int] = {}
    for encoding in _WIDE:
        text = _text(content, encoding)
        if text is not None and _is_readable(text[:SAMPLE_CHARACTERS]):
            found[encoding] = sum(each < "\u0100" for each in text[:SAMPLE_CHARACTERS])
    likeliest = max(found, key=found.__getitem__, default=None)
    return likeliest if likeliest and found[likeliest] else None


def _text(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_readable(text: str) -> bool:
    return all(each in _LAYOUT or unicodedata.category(each) not in _NO_CHARACTER for each in text)


def _sample(content: bytes) -> bytes:
    """What there is to judge: in a long text, lines that are not plain ASCII."""
    if len(content) <= SAMPLE_BYTES:
        return content
    lines = (line for line in content.splitlines(keepends=True) if not line.isascii())
    sample = bytearray()
    for line in lines:
        sample += line[: SAMPLE_BYTES - len(sample)]
        if len(sample) >= SAMPLE_BYTES:
            break
    return bytes(sample)


def _ranked(sample: bytes) -> list[str]:
    """The library's alphabetical order among equals is replaced by how common an encoding is.

    Western is what remains for short texts, of which the library has no opinion.
    """
    found = [
        (_is_mixed(sample, encoding), *_judgement(match), _LIKELIEST_FIRST.index(encoding), encoding)
        for match in from_bytes(sample, cp_isolation=list(_LIKELIEST_FIRST))
        for encoding in match.could_be_from_charset
        if encoding in _LIKELIEST_FIRST
    ]
    fitting = [encoding for is_mixed, *_, encoding in sorted(found) if not is_mixed]
    return [*fitting, "cp1252"]


def _judgement(match: CharsetMatch) -> tuple[int, float]:
    """Differences of a few per cent of chaos say nothing."""
    return round(match.chaos / 0.05), -round(match.coherence, 1)


def _is_mixed(sample: bytes, encoding: str) -> bool:
    return bool(_TWO_SCRIPTS_IN_A_WORD.search(sample.decode(encoding, "ignore")))
