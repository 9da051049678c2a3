"""The process in which scripts run."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from typing import Final

from adapters.javascript.frames import ANSWER, BEGUN, MOST_ANSWER_BYTES, QUESTION, READY

TO_START_SECONDS: Final = 30.0
TO_PREPARE_SECONDS: Final = 5.0
GRACE_SECONDS: Final = 0.5


class NeverBegun(OSError):
    """The process was gone before it had the question: the script has not run and another process may run it."""


class EngineProcess:
    """In a session of its own, so that a Ctrl-C meant for us does not reach it, and without our environment."""

    def __init__(self, process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
        self._process = process
        self._line = line
        self._is_doomed = False
        self._has_ended = False
        self.scripts_run = 0

    @classmethod
    async def started(cls) -> "EngineProcess":
        """One that is ready for a question. Raise OSError or TimeoutError when that cannot be had."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own module, started in a millisecond
                    [sys.executable, "-I", "-m", "adapters.javascript.engine", str(os.getpid())],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env={},
                    start_new_session=True,
                )
            except OSError:
                ours.close()
                raise
        ours.setblocking(False)
        engine = cls(process, ours)
        try:
            await engine.prepared(within=TO_START_SECONDS)
        except BaseException:
            await engine.end()
            raise
        return engine

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return not self._is_doomed and self._process.poll() is None

    async def ask(self, question: bytes, seconds: float) -> bytes:
        """The answer as it came.

        Raise NeverBegun when the process was gone already, TimeoutError when it takes too long, an OSError when the
        process goes while the script runs.
        """
        began = time.monotonic()
        self.scripts_run += 1
        try:
            async with asyncio.timeout(seconds + GRACE_SECONDS):
                await self._hand_over(QUESTION.pack(seconds, len(question)) + question)
                return await self._answer()
        except NeverBegun:
            self.kill()
            raise
        except OSError as gone:
            self.kill()
            if time.monotonic() - began >= seconds:
                raise TimeoutError from gone
            raise
        except BaseException:
            self.kill()
            raise

    async def prepared(self, *, within: float = TO_PREPARE_SECONDS) -> None:
        """Return when it is ready for the next question. Raise OSError or TimeoutError when that does not happen."""
        async with asyncio.timeout(within):
            if await self._answer() != READY:
                raise BrokenPipeError

    def kill(self) -> None:
        """Whatever it is doing: whoever waits for it learns that it is gone."""
        self._is_doomed = True
        self._process.kill()

    async def end(self) -> None:
        """At once and for good; nobody may wait for it any more. The second time nothing happens."""
        if self._has_ended:
            return
        self._has_ended = True
        self.kill()
        self._line.close()
        await asyncio.to_thread(self._process.wait)

    async def _hand_over(self, question: bytes) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(self._line, question)
            has_begun = await self._answer() == BEGUN
        except TimeoutError:
            raise
        except OSError as gone:
            raise NeverBegun from gone
        if not has_begun:
            raise BrokenPipeError

    async def _answer(self) -> bytes:
        (length,) = ANSWER.unpack(await self._received(ANSWER.size))
        if length > MOST_ANSWER_BYTES:
            raise BrokenPipeError
        return await self._received(length)

    async def _received(self, length: int) -> bytes:
        loop = asyncio.get_running_loop()
        received = bytearray(length)
        missing = memoryview(received)
        while missing:
            count = await loop.sock_recv_into(self._line, missing)
            if not count:
                raise BrokenPipeError
            missing = missing[count:]
        return bytes(received)
