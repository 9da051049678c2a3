"""Bytes that are text in some encoding, and what people see of it."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from adapters.files.encoding_guess import guessed
from domain.files.errors import FileUnreadable

LONGEST_REMARK: Final = 300
_MARKS: Final = (  # the longer first: UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES: Final = (
    (b"%PDF-", "a PDF; choose the format pdf"),
    (b"PK\x03\x04", "an Excel workbook, Word document or ZIP archive; save it as CSV or text first"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document; save it as CSV or text first"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_CONTROLS: Final = bytes(each for each in (*range(32), 127) if each not in b"\t\n\v\f\r\x1b")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Text:
    """`guess` names the encoding when the bytes could have meant something else."""

    text: str
    guess: str | None = None

    @property
    def remark(self) -> str:
        """For the end of a preview: nobody shall take a guess for a fact."""
        return f"; read as {self.guess}, save as UTF-8 if letters look wrong" if self.guess else ""

    def line_of(self, position: int) -> int:
        return 1 + sum(1 for _ in _LINE_END.finditer(self.text, 0, position))


def decoded(content: bytes) -> Text:
    """By its byte order mark, else as UTF-8, else by the looks of it; the mark itself is dropped.

    Raise FileUnreadable for nothing at all, for what is no text, and for text with NUL, which no database keeps.
    """
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            raise FileUnreadable(f"This is not text but {kind}")
    text = _marked(content) or _plain(content) or _guessed(content)
    if not text.text:
        raise FileUnreadable("The file is empty; choose one with content")
    if (nul := text.text.find("\0")) >= 0:
        raise FileUnreadable(f"Line {text.line_of(nul)} holds a NUL character, which text cannot have; remove it")
    return text


def counted(text: str) -> str:
    lines = len(text.splitlines())
    return f"{number(lines, 'line')}, {number(len(text), 'character')}"


def number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _marked(content: bytes) -> Text | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return Text(content[len(mark) :].decode(encoding))
            except UnicodeDecodeError as broken:
                at = broken.start + len(mark) + 1
                raise FileUnreadable(
                    f"The file says that it is {encoding.upper()} but is damaged at byte {at}; save it again as UTF-8"
                ) from broken
    return None


def _plain(content: bytes) -> Text | None:
    controls = len(content) - len(content.translate(None, _CONTROLS))
    if controls * 10 > len(content):
        return None
    try:
        return Text(content.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _guessed(content: bytes) -> Text:
    encoding = guessed(content)
    if encoding is None:
        found = "it holds NUL bytes" if b"\0" in content else "no known encoding fits its bytes"
        raise FileUnreadable(f"This is not text: {found}; save it as UTF-8 text")
    return Text(content.decode(encoding), guess=encoding)


def cut(text: str) -> str:
    """Short enough for a preview, which is one line."""
    line = " ".join(text[: LONGEST_REMARK * 2].split())
    return line if len(line) <= LONGEST_REMARK else line[: LONGEST_REMARK - 1] + "…"
