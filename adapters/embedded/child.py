"""Starting one of the PostgreSQL programs as a child of this process."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from adapters.embedded.account import Account
from adapters.embedded.server_log import MOST_BYTES, ServerLog

LAUNCHER = Path(__file__).with_name("launch.py")
# REX's own environment holds secrets, and PG* variables would reach into the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


async def launch(program: Path, *arguments: str, account: Account, log: ServerLog) -> Process:
    """Run `program` as `account`, its output appended to `log`. On Linux it shuts down when this *thread* ends.

    Until the program itself runs, complaints go to the process's `stderr`.
    """
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", str(LAUNCHER),
        str(os.getpid()), str(account.uid), str(account.gid), str(log.path), str(MOST_BYTES),
        str(program), *arguments,
        stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env=ENVIRONMENT,
    )  # fmt: skip


async def complaint_of(process: Process, log: ServerLog, mark: int) -> str:
    """What a process that has ended said, beginning with what kept it from being started."""
    early = (await process.stderr.read()).decode(errors="replace").strip() if process.stderr else ""
    return "\n".join(filter(None, (early, await asyncio.to_thread(log.since, mark))))
