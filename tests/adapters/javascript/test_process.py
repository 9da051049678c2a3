"""The processes in which scripts run have nothing, and nobody has to look after them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.javascript.courtesy import COURTESY
from adapters.javascript.engine_process import EngineProcess
from adapters.javascript.v8_script_sandbox import V8ScriptSandbox
from application.ports.script_sandbox import ScriptOutOfMemory
from domain.errors import Unavailable
from tests.adapters.javascript.running import Box

PROBE = Path(__file__).with_name("probe.py")
REFUSED = str(1)  # EPERM

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc and seccomp are Linux's")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
async def engine() -> AsyncIterator[EngineProcess]:
    one = await EngineProcess.started()
    yield one
    await one.end()


@pytest.fixture
async def own() -> AsyncIterator[V8ScriptSandbox]:
    one = V8ScriptSandbox(processes=1)
    yield one
    await one.close()


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def _descriptors(pid: int) -> list[str]:
    return [os.readlink(each).partition(":")[0] for each in Path(f"/proc/{pid}/fd").iterdir()]


@on_linux
async def test_has_no_privileges_no_environment_and_no_way_to_open_anything(engine: EngineProcess) -> None:
    status = _status(engine.pid)
    assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
    assert int(status["Threads"]) <= 3
    if os.geteuid() == 0:
        assert "0" not in status["Uid"].split() + status["Gid"].split()
        assert (status["Groups"], int(status["CapEff"], 16)) == ("", 0)
        assert _environment(engine.pid) in (b"", b"LC_CTYPE=C.UTF-8\0")
        held = _descriptors(engine.pid)
        assert len(held) == 64
        assert set(held) == {"/dev/null", "socket", "anon_inode"}


@on_linux
async def test_leaves_the_processor_to_whoever_else_needs_it(engine: EngineProcess) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, engine.pid) == min(19, ours + COURTESY)
    group, own_group = (Path(f"/proc/{each}/autogroup") for each in (engine.pid, "self"))
    if group.exists():
        assert group.read_text().endswith(f"nice {COURTESY}\n")
        assert group.read_text() != own_group.read_text()


@on_linux
@pytest.mark.parametrize("user", [pytest.param(None, id="as we are"), pytest.param("65534", marks=as_root)])
def test_cannot_reach_beyond_itself(user: str | None) -> None:
    told = subprocess.run(
        [sys.executable, str(PROBE), *([user] if user else [])],
        stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=30, env={"PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    results = json.loads(told.stdout)
    assert int(results.pop("user")) != 0
    assert results.pop("eat memory") == "12"
    assert results.pop("start a thread") == "worked: thread"
    assert results.pop("trace") == "-1"
    assert results == dict.fromkeys(results, REFUSED)


@on_linux
async def test_dies_with_whoever_started_it() -> None:
    program = (
        "import asyncio, os\n"
        "from adapters.javascript.engine_process import EngineProcess\n"
        "async def main():\n"
        "    print((await EngineProcess.started()).pid, flush=True)\n"
        "    os._exit(0)\n"
        "asyncio.run(main())\n"
    )
    told = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, check=True, timeout=30
    )
    await _until_gone(int(told.stdout))


async def test_a_canceled_script_ends_at_once(own: V8ScriptSandbox) -> None:
    box = Box(own)
    assert await box.body("return 1") == 1
    running = asyncio.create_task(box.body("for (;;);", seconds=60))
    await asyncio.sleep(0.2)
    (pid,) = [engine.pid for engine in own._busy]
    begun = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await _until_gone(pid)
    assert time.monotonic() - begun < 2
    assert await box.body("return 2") == 2


async def test_whoever_waits_for_a_turn_may_give_up(own: V8ScriptSandbox) -> None:
    box = Box(own)
    running = asyncio.create_task(box.body("for (;;);", seconds=1))
    await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(box.body("return 1"), timeout=0.1)
    running.cancel()
    assert await box.body("return 2") == 2


async def test_a_process_that_dies_while_nobody_uses_it_is_not_missed(own: V8ScriptSandbox) -> None:
    box = Box(own)
    assert await box.body("return 1") == 1
    await asyncio.sleep(0.5)
    for engine in own._idle:
        os.kill(engine.pid, signal.SIGKILL)
        await _until_gone(engine.pid)
    assert await box.body("return 2") == 2


async def test_a_process_that_dies_unnoticed_costs_no_script(own: V8ScriptSandbox) -> None:
    """Between its death and the moment at which its parent can know of it, a script may be handed to it."""
    box = Box(own)
    assert await box.body("return 1") == 1
    await asyncio.sleep(0.5)
    for engine in own._idle:
        os.kill(engine.pid, signal.SIGKILL)
        await asyncio.to_thread(engine._process.wait)
        engine._process.returncode = None
        engine._process.poll = lambda: None  # type: ignore[method-assign]
    assert await box.body("return 2") == 2


async def test_a_process_that_is_killed_costs_its_script(own: V8ScriptSandbox) -> None:
    box = Box(own)
    running = asyncio.create_task(box.body("for (;;);", seconds=30))
    while not own._busy:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    for engine in own._busy:
        os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(ScriptOutOfMemory):
        await running
    assert await box.body("return 2") == 2


async def test_processes_are_used_again_and_there_are_few(own: V8ScriptSandbox) -> None:
    box = Box(own)
    await asyncio.gather(*(box.body("return 1") for _ in range(20)))
    await asyncio.sleep(0.5)
    assert len(own._idle) + len(own._busy) <= 2
    before = {engine.pid for engine in own._idle}
    for _ in range(5):
        await box.body("return 1")
    await asyncio.sleep(0.2)
    assert {engine.pid for engine in own._idle} == before


async def test_closing_ends_what_runs_and_refuses_what_comes(own: V8ScriptSandbox) -> None:
    box = Box(own)
    running = asyncio.create_task(box.body("for (;;);", seconds=60))
    while not own._busy:
        await asyncio.sleep(0.02)
    pids = [engine.pid for engine in own._busy]
    await own.close()
    with pytest.raises((ScriptOutOfMemory, Unavailable)):  # the latter when it had been handed over, but not begun
        await running
    for pid in pids:
        await _until_gone(pid)
    with pytest.raises(Unavailable):
        await box.body("return 1")
    await own.close()


async def test_where_no_process_can_be_started_no_script_runs(
    own: V8ScriptSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Unavailable, match="cannot be run at the moment"):
        await Box(own).body("return 1")


async def _until_gone(pid: int) -> None:
    """A zombie that its parent has not noticed yet is gone."""
    for _ in range(200):
        try:
            if sys.platform == "linux" and _status(pid)["State"].startswith("Z"):
                return
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{pid} still runs")
