"""All formats, away from the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from adapters.files.csv_file import read_csv
from adapters.files.json_file import read_json
from adapters.files.pdf_file import PdfReader
from adapters.files.txt_file import read_txt
from application.ports.file_reader import FileContent
from domain.errors import Unavailable
from domain.files.file_format import FileFormat

_TEXTS: Final = {FileFormat.CSV: read_csv, FileFormat.JSON: read_json, FileFormat.TXT: read_txt}


class ThreadedFileReader:
    """`at_once` files of text and as many PDFs at a time; slow PDFs never keep texts waiting.

    While `most_waiting` of a kind wait, others of it are refused as Unavailable rather than kept in memory.
    """

    def __init__(self, *, at_once: int = 2, most_waiting: int = 30, pdf_limit_seconds: float = 20.0) -> None:
        self._pdfs = PdfReader(processes=at_once, limit_seconds=pdf_limit_seconds)
        self._text_line = _Line(at_once, most_waiting)
        self._pdf_line = _Line(at_once, most_waiting)

    async def read(self, content: bytes, file_format: FileFormat) -> FileContent:
        if file_format is FileFormat.PDF:
            return await self._pdf_line.read(self._pdfs.read, content)
        return await self._text_line.read(_TEXTS[file_format], content)

    def close(self) -> None:
        """End the processes; a text that is being read is read to its end. From now on every file is refused."""
        self._text_line.close()
        self._pdf_line.close()
        self._pdfs.close()


class _Line:
    """Files that wait for a few threads."""

    def __init__(self, threads: int, most_waiting: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="files")
        self._free = asyncio.Semaphore(threads)
        self._most_waiting = most_waiting
        self._waiting = 0
        self._is_closed = False

    async def read(self, read: Callable[[bytes], FileContent], content: bytes) -> FileContent:
        await self._turn()
        if self._is_closed:
            self._free.release()
            raise Unavailable("REX is shutting down; try again later")
        reading = asyncio.get_running_loop().run_in_executor(self._threads, read, content)
        reading.add_done_callback(lambda _: self._free.release())
        # A thread cannot be stopped: whoever gives up leaves its turn to be used up.
        return await asyncio.shield(reading)

    async def _turn(self) -> None:
        if self._free.locked() and self._waiting >= self._most_waiting:
            raise Unavailable("Too many files are being read at the moment; try again in a minute")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._is_closed = True
        self._threads.shutdown(wait=False)
