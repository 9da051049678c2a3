"""JSON Schema, evaluated where it can do no harm."""

import json
import os
import select
import subprocess
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Final, cast

from domain.values.json import Json, JsonObject

_SCRIPT: Final = Path(__file__).with_name("evaluator.py")
_TO_START_SECONDS: Final = 30.0


class JsonSchemaValidator:
    """Asks a process of its own, started at the first question.

    A schema is a program: its patterns and references can be made to run for years. What takes longer than
    `limit_seconds`, or more memory than the process may have, costs that process only, and the next question starts
    another. Questions from several threads are answered one by one.
    """

    def __init__(self, *, limit_seconds: float = 5.0) -> None:
        self._limit_seconds = limit_seconds
        self._evaluator: _Evaluator | None = None
        self._turn = Lock()

    def faults(self, schema: JsonObject | bool, value: Json) -> list[str]:
        try:
            question = json.dumps({"schema": schema, "value": value}).encode() + b"\n"
        except RecursionError:
            return ["(root): nested too deeply"]
        with self._turn:
            try:
                self._evaluator = self._evaluator or _Evaluator()
                answer = self._evaluator.ask(question, self._limit_seconds)
            except TimeoutError:
                self._end()
                return [f"schema: not evaluated within {self._limit_seconds:g} seconds"]
            except OSError:
                self._end()
                return ["schema: cannot be evaluated"]
        return cast("list[str]", json.loads(answer))

    def close(self) -> None:
        """End the process, if there is one. The garbage collector and the end of this process do the same."""
        with self._turn:
            self._end()

    def _end(self) -> None:
        if self._evaluator is not None:
            self._evaluator.end()
            self._evaluator = None


class _Evaluator:
    """The process, in a session of its own so that a Ctrl-C meant for us does not reach it."""

    def __init__(self) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-I", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        self.end = weakref.finalize(self, _end, process)
        self._questions, self._answers = _pipes(process)
        self._answer_waits = select.poll()
        self._answer_waits.register(self._answers, select.POLLIN)
        self._read_line(_TO_START_SECONDS)

    def ask(self, question: bytes, limit_seconds: float) -> bytes:
        """Raise TimeoutError when the answer takes too long, another OSError when the process is gone."""
        self._questions.write(question)
        self._questions.flush()
        return self._read_line(limit_seconds)

    def _read_line(self, limit_seconds: float) -> bytes:
        deadline = time.monotonic() + limit_seconds
        received = bytearray()
        while not received.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not self._answer_waits.poll(left * 1000):
                raise TimeoutError
            piece = os.read(self._answers.fileno(), 65536)
            if not piece:
                raise BrokenPipeError
            received += piece
        return bytes(received)


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
