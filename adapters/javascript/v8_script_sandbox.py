"""JavaScript, run where it can do no harm."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Final

from adapters.javascript.answers import BROKEN, late, result_of
from adapters.javascript.engine_process import EngineProcess, NeverBegun
from adapters.javascript.frames import MOST_QUESTION_BYTES
from adapters.javascript.turns import Turns
from application.ports.script_sandbox import Script, ScriptOutOfMemory, ScriptResult, ScriptTooLarge
from domain.errors import Unavailable

SCRIPTS_PER_PROCESS: Final = 1_000
UNABLE: Final = "Scripts cannot be run at the moment; try again later"


class V8ScriptSandbox:
    """At most `processes` scripts of one owner run at the same time, each in a process of its own, and four times as
    many of all owners together; others wait for their turn.

    Processes are started when they are first needed, with one more in reserve, and used again for other scripts
    unless the script had to be ended. A script may have 256 MiB of heap and some 600 MiB in all, variables of 16 MiB
    as JSON, and a result of the same size; of its console 100 lines of 2,000 characters are kept.
    """

    def __init__(self, *, processes: int = 2) -> None:
        self._processes = processes
        self._turns = Turns(processes)
        self._idle: list[EngineProcess] = []
        self._busy: set[EngineProcess] = set()
        self._chores: set[asyncio.Task[None]] = set()
        self._is_starting_reserve = False
        self._is_closed = False

    async def run(self, script: Script) -> ScriptResult:
        question = _question(script)
        for _ in range(self._processes + 2):
            try:
                answer = await self._asked(question, script)
            except NeverBegun:
                continue
            return result_of(answer, seconds=script.limit_seconds)
        raise Unavailable(UNABLE)

    async def _asked(self, question: bytes, script: Script) -> bytes:
        """Raise NeverBegun when the process at hand had died unnoticed: as many can have as are kept in reserve."""
        await self._turns.take(script.owner)
        try:
            engine = await self._engine()
        except BaseException:
            self._turns.give_back(script.owner)
            raise
        try:
            return await engine.ask(question, script.limit_seconds)
        except NeverBegun:
            raise
        except TimeoutError as passed:
            raise late(script.limit_seconds) from passed
        except OSError as gone:
            raise ScriptOutOfMemory(BROKEN) from gone
        finally:
            self._later(self._take_back(engine, script.owner))

    async def close(self) -> None:
        """End all processes for good; scripts that are running fail."""
        self._is_closed = True
        for engine in (*self._idle, *self._busy):
            engine.kill()
        while self._idle or self._chores:
            await asyncio.gather(*self._chores, *(engine.end() for engine in self._idle))
            self._idle.clear()

    async def _engine(self) -> EngineProcess:
        """Raise Unavailable."""
        if self._is_closed:
            raise Unavailable("REX is shutting down; try again later")
        engine = await self._from_reserve()
        if engine is None:
            try:
                engine = await EngineProcess.started()
            except OSError as refused:
                raise Unavailable(UNABLE) from refused
        self._busy.add(engine)
        if not self._idle and not self._is_starting_reserve:
            self._is_starting_reserve = True
            self._later(self._start_reserve())
        return engine

    async def _from_reserve(self) -> EngineProcess | None:
        while self._idle:
            engine = self._idle.pop()
            if engine.is_alive:
                return engine
            await engine.end()
        return None

    async def _start_reserve(self) -> None:
        """What does not start now is tried again at the next call."""
        try:
            engine = await EngineProcess.started()
        except OSError:
            return
        finally:
            self._is_starting_reserve = False
        await self._keep(engine)

    async def _take_back(self, engine: EngineProcess, owner: str) -> None:
        """Gives the turn to the next only when it is known what became of the process."""
        try:
            await engine.prepared()
        except OSError:
            await engine.end()
        finally:
            self._busy.discard(engine)
            self._turns.give_back(owner)
        await self._keep(engine)

    async def _keep(self, engine: EngineProcess) -> None:
        is_wanted = not self._is_closed and len(self._idle) <= self._processes
        if is_wanted and engine.is_alive and engine.scripts_run < SCRIPTS_PER_PROCESS:
            self._idle.append(engine)
        else:
            await engine.end()

    def _later(self, chore: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


def _question(script: Script) -> bytes:
    """Raise ScriptTooLarge."""
    about = {
        "kind": script.kind.value,
        "source": script.source,
        "variables": script.variables,
        "globals": script.globals,
    }
    try:
        question = json.dumps(about, separators=(",", ":")).encode("ascii")
    except RecursionError as bottomless:
        raise ScriptTooLarge("Its variables are nested too deeply") from bottomless
    if len(question) > MOST_QUESTION_BYTES:
        raise ScriptTooLarge(f"It and its variables are larger than {MOST_QUESTION_BYTES >> 20} MiB of JSON")
    return question
