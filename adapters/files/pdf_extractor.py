"""Takes the text out of PDFs in a process of its own: one file in, one line of JSON out.

This file is run as a script with an empty environment and isolated from the working directory, so it imports nothing
of REX. A file is its length in eight bytes, the highest first, and its content; the answer has `text` and `pages`, or
`fault`. The process ends when its standard input does.
"""

import json
import resource
import signal
import sys
from contextlib import closing, suppress
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY  # type: ignore[import-untyped]

MEMORY_BYTES: Final = 1 << 30
MOST_PAGES: Final = 2_000
MOST_CHARACTERS: Final = 5_000_000
_HYPHENS_AT_LINE_ENDS: Final = ("\ufffe", "\x02")
_CONTROLS: Final = {each: None for each in range(32) if chr(each) not in "\t\n"}


class Refused(Exception):
    """The message is for people."""


def answer(content: bytes) -> dict[str, Any]:
    """Whatever the file may be, the answer is a text or a fault: it was written by users."""
    try:
        with pypdfium2.PdfDocument(content) as document:
            texts = _texts(document)
    except pypdfium2.PdfiumError as failure:
        if failure.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
            return {"fault": "The PDF is password-protected; save it without a password and try again"}
        return {"fault": "The file is not a PDF, or is damaged; print or export it to PDF again"}
    except MemoryError:
        return {"fault": "The PDF needs too much memory to be read; split it"}
    except Refused as refusal:
        return {"fault": str(refusal)}
    return {"text": "\n\n".join(filter(None, texts)), "pages": len(texts)}


def _texts(document: pypdfium2.PdfDocument) -> list[str]:
    count = len(document)
    if count > MOST_PAGES:
        raise Refused(f"The PDF has {count} pages; at most {MOST_PAGES} can be read; split it")
    texts: list[str] = []
    left = MOST_CHARACTERS
    for number in range(1, count + 1):
        texts.append(_page_text(document, number, left))
        left -= len(texts[-1])
    if not any(texts):
        raise Refused("The PDF has no text in it, only pictures perhaps; run text recognition (OCR) on it first")
    return texts


def _page_text(document: pypdfium2.PdfDocument, number: int, most: int) -> str:
    """A page that cannot be loaded has no text, as in a viewer."""
    try:
        with closing(document[number - 1]) as page, closing(page.get_textpage()) as content:
            if content.count_chars() > most:
                raise Refused(f"The PDF has more than {MOST_CHARACTERS} characters up to page {number}; split it")
            return _plain(content.get_text_range())
    except pypdfium2.PdfiumError:
        return ""


def _plain(text: str) -> str:
    for hyphen in _HYPHENS_AT_LINE_ENDS:
        text = text.replace(hyphen, "-\n")
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS).strip()


def limit() -> None:
    """Memory, and nothing at all of what a hijacked process would want: files, children, a core to read."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def serve(most_seconds: int) -> None:
    """The alarm is for a file that outlives whoever asked for it: nobody else would end this process then."""
    limit()
    _say({"ready": True})
    while size := sys.stdin.buffer.read(8):
        content = sys.stdin.buffer.read(int.from_bytes(size, "big"))
        signal.alarm(most_seconds)
        _say(answer(content))
        signal.alarm(0)


def _say(what: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(what, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
