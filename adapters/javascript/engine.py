"""Answers questions with V8, one after the other, in a process of its own that is confined before the first.

Run as `python -I -m adapters.javascript.engine PARENT_PID` with a socket as standard input and an empty environment.
Each script gets an isolate of its own. A process whose script had to be ended ends with it. Scripts are
interpreted and never compiled to machine code: slower in long calculations only, with less memory, and without the
part of V8 that was broken most often.
"""

import asyncio
import json
import os
import resource
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Final, cast

from py_mini_racer import (
    JSFunction,
    JSOOMException,
    JSParseException,
    JSPromise,
    MiniRacer,
    init_mini_racer,
    mini_racer,
)

from adapters.javascript.confinement import confine
from adapters.javascript.courtesy import give_way
from adapters.javascript.frames import (
    ANSWER,
    BEGUN,
    MOST_ANSWER_BYTES,
    MOST_LINE_UNITS,
    MOST_LINES,
    MOST_VALUE_UNITS,
    QUESTION,
    READY,
)

HEAP_BYTES: Final = 256 << 20
_V8_FLAGS: Final = ("--single-threaded", "--jitless", f"--max-heap-size={(HEAP_BYTES >> 20) + 64}")
_HARNESS: Final = Path(__file__).with_name("harness.js").read_text()
_PREPARED: Final = f"{_HARNESS.strip()}({MOST_VALUE_UNITS},{MOST_LINES},{MOST_LINE_UNITS})"
_GRACE_SECONDS: Final = 2.0
_TO_PREPARE_SECONDS: Final = 5.0
_HEARTBEAT_SECONDS: Final = 0.05


class EngineSpent(Exception):
    """The script had to be ended, and with it this process; the text is the outcome."""


async def serve(line: socket.socket, parent: int) -> None:
    """A first script has everything loaded that is needed later; then the doors are closed."""
    with mini_racer() as engine:
        await _answer_in_time(engine, _harness_of(engine), b'{"kind":"body","source":"}","variables":{}}', 5.0)
    confine(parent)
    while True:
        with mini_racer() as engine:
            engine.set_hard_memory_limit(HEAP_BYTES)
            harness = _harness_of(engine)
            _end_after(0)
            _say(line, READY)
            seconds, length = QUESTION.unpack(_received(line, QUESTION.size))
            question = _received(line, length)
            _say(line, BEGUN)
            _end_after(seconds + _GRACE_SECONDS)
            try:
                _say(line, await _answer_in_time(engine, harness, question, seconds))
            except EngineSpent as end:
                _say(line, json.dumps({"outcome": str(end)}).encode())
                os._exit(0)
            del harness
            _end_after(_TO_PREPARE_SECONDS)


def _harness_of(engine: MiniRacer) -> JSFunction:
    return cast("JSFunction", engine.eval(_PREPARED))


async def _answer_in_time(engine: MiniRacer, harness: JSFunction, question: bytes, seconds: float) -> bytes:
    """Raise EngineSpent. A script can also keep this thread from noticing: then it is ended from outside."""
    answering = asyncio.create_task(_answer(engine, harness, question))
    deadline = time.monotonic() + seconds
    while not answering.done():
        left = deadline - time.monotonic()
        if engine.was_hard_memory_limit_reached():
            raise EngineSpent("out_of_memory")
        if left <= 0:
            raise EngineSpent("late")
        await asyncio.wait((answering,), timeout=min(left, _HEARTBEAT_SECONDS))
    return answering.result()


async def _answer(engine: MiniRacer, harness: JSFunction, question: bytes) -> bytes:
    try:
        promise = cast("JSPromise", await harness.cancelable()(question.decode("ascii")))
        answer = cast("str", await promise).encode(errors="replace")
    except (JSOOMException, MemoryError) as full:
        raise EngineSpent("out_of_memory") from full
    except Exception as broken:
        raise EngineSpent("broken") from broken
    if len(answer) > MOST_ANSWER_BYTES:
        raise EngineSpent("too_large")
    if answer.startswith(b'{"outcome":"unparsable"'):
        return await _with_line(engine, question, answer)
    return answer


async def _with_line(engine: MiniRacer, question: bytes, answer: bytes) -> bytes:
    """V8 tells where a fault is only when the text is read as a script of its own."""
    asked, told = json.loads(question), json.loads(answer)
    opening, closing = ("return(", "\n)") if asked["kind"] == "expression" else ("", "")
    try:
        await engine.eval_cancelable(f'async()=>{{"use strict";{opening}{asked["source"]}{closing}\n}}')
    except JSParseException as fault:
        number = str(fault).removeprefix("<anonymous>:").partition(":")[0]
        if number.isdigit():
            most = str(asked["source"]).rstrip().count("\n") + 1
            told["line"] = min(int(number), most)
    return json.dumps(told).encode()


def _received(line: socket.socket, length: int) -> bytes:
    """Ends the process when nobody asks any more."""
    received = bytearray(length)
    missing = memoryview(received)
    while missing:
        count = line.recv_into(missing)
        if not count:
            os._exit(0)
        missing = missing[count:]
    return bytes(received)


def _say(line: socket.socket, answer: bytes) -> None:
    line.sendall(ANSWER.pack(len(answer)) + answer)


def _end_after(seconds: float) -> None:
    """Unless told otherwise until then; zero tells otherwise. For whatever keeps even the asking side from killing."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + int(seconds) + 60 if seconds else most, most))


if __name__ == "__main__":
    give_way()
    init_mini_racer(flags=_V8_FLAGS)
    asyncio.run(serve(socket.socket(fileno=0), int(sys.argv[1])))
