"""The process in which PDFs are opened."""

import json
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import IO, Any, Final

_SCRIPT: Final = Path(__file__).with_name("pdf_extractor.py")
_TO_START_SECONDS: Final = 30.0
_LONGEST_ANSWER: Final = 32 * 1024 * 1024
_GRACE_SECONDS: Final = 5


class PdfProcess:
    """In a session of its own, so that a Ctrl-C meant for us does not reach it, and without our environment.

    Raise OSError when it cannot be started.
    """

    def __init__(self, limit_seconds: float) -> None:
        self._limit_seconds = limit_seconds
        self.files_read = 0
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-I", str(_SCRIPT), str(int(limit_seconds) + _GRACE_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
        self.end = weakref.finalize(self, _end, self._process)
        self._files, self._answers = _pipes(self._process)
        with self._killed_after(_TO_START_SECONDS):
            self._line()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, content: bytes) -> dict[str, Any]:
        """Raise TimeoutError when the answer takes too long, another OSError when the process is gone."""
        with self._killed_after(self._limit_seconds):
            self._files.write(len(content).to_bytes(8, "big") + content)
            self._files.flush()
            line = self._line()
        self.files_read += 1
        answer: dict[str, Any] = json.loads(line)
        return answer

    @contextmanager
    def _killed_after(self, seconds: float) -> Iterator[None]:
        """Killing also frees us from writing to a process that does not read."""
        began = time.monotonic()
        killer = Timer(seconds, self._process.kill)
        killer.daemon = True
        killer.start()
        try:
            yield
        except OSError as gone:
            if time.monotonic() - began >= seconds:
                raise TimeoutError from gone
            raise
        finally:
            killer.cancel()

    def _line(self) -> bytes:
        line = self._answers.readline(_LONGEST_ANSWER)
        if not line.endswith(b"\n"):
            raise BrokenPipeError
        return line


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in _pipes(process):
        with suppress(OSError):
            pipe.close()
    process.wait()
