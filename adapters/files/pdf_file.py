"""PDF, by PDFium, where it can do no harm."""

from contextlib import suppress
from queue import LifoQueue
from typing import Any, Final

from adapters.files.pdf_process import PdfProcess
from adapters.files.text import counted, number
from application.ports.file_reader import FileContent
from domain.errors import Unavailable
from domain.files.errors import FileUnreadable

FILES_PER_PROCESS: Final = 50


class PdfReader:
    """Asks processes of its own, started when they are needed, each for one file at a time.

    A PDF is a program for a large library in C++. What takes longer than `limit_seconds`, or more than 1 GiB of
    memory, or breaks the library, costs its process only, and the next file starts another. At most 2,000 pages and
    five million characters. Files from more threads than there are processes wait for each other.
    """

    def __init__(self, *, processes: int = 2, limit_seconds: float = 20.0) -> None:
        self._limit_seconds = limit_seconds
        self._desks = [_Desk(limit_seconds) for _ in range(processes)]
        self._free: LifoQueue[_Desk] = LifoQueue()
        for desk in self._desks:
            self._free.put(desk)

    def read(self, content: bytes) -> FileContent:
        """Pages become one text with blank lines between them. Raise FileUnreadable."""
        if not content:
            raise FileUnreadable("The file is empty; choose one with content")
        desk = self._free.get()
        try:
            answer = desk.answer(content)
        except TimeoutError as late:
            raise FileUnreadable(
                f"The PDF could not be read within {self._limit_seconds:g} seconds; split it, or print it to a new PDF"
            ) from late
        except OSError as broken:
            raise FileUnreadable(
                "The PDF breaks its reader: it is damaged, or needs too much memory; print it to a new PDF"
            ) from broken
        finally:
            self._free.put(desk)
        return _content(answer)

    def close(self) -> None:
        """End the processes for good; files that are being read are refused. The garbage collector does the same."""
        for desk in self._desks:
            desk.close()


class _Desk:
    """A place for one process, which may be empty."""

    def __init__(self, limit_seconds: float) -> None:
        self._limit_seconds = limit_seconds
        self._process: PdfProcess | None = None
        self._is_closed = False

    def answer(self, content: bytes) -> dict[str, Any]:
        """Raise TimeoutError when it takes too long, another OSError when it costs a fresh process its life.

        A process that was used before may have died of anything: then a fresh one gets the file too.
        """
        used = self._process
        if used is not None and used.files_read < FILES_PER_PROCESS:
            with suppress(BrokenPipeError):
                return self._ask(used, content)
        self._clear()
        return self._ask(self._started(), content)

    def close(self) -> None:
        self._is_closed = True
        self._clear()

    def _clear(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()

    def _started(self) -> PdfProcess:
        if self._is_closed:
            raise Unavailable("REX is shutting down; try again later")
        try:
            self._process = PdfProcess(self._limit_seconds)
        except OSError as refused:
            raise Unavailable("PDFs cannot be read at the moment; try again later") from refused
        return self._process

    def _ask(self, process: PdfProcess, content: bytes) -> dict[str, Any]:
        try:
            return process.ask(content)
        except ValueError as garbled:
            self._clear()
            raise BrokenPipeError from garbled
        except OSError:
            self._clear()
            raise


def _content(answer: dict[str, Any]) -> FileContent:
    if "fault" in answer:
        raise FileUnreadable(answer["fault"])
    text: str = answer["text"]
    return FileContent(value=text, preview=f"{counted(text)}, {number(answer['pages'], 'page')}")
