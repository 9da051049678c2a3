"""Making a new cluster, whole or not at all."""

import shutil
import tempfile
from asyncio.subprocess import Process
from pathlib import Path

from adapters.embedded.child import complaint_of, launch
from adapters.embedded.cluster import Cluster
from adapters.embedded.durable_file import sync_directory, write_durably
from adapters.embedded.errors import EmbeddedPostgresFailed
from adapters.embedded.server_log import ServerLog

USER = "rex"
UNFINISHED = "cluster.new-"


async def create_cluster(cluster: Cluster, password: str) -> None:
    """Built in a directory beside it, which initdb writes through to the disk, then renamed.

    Raise EmbeddedPostgresFailed with what initdb said when it fails.
    """
    workshop = _open_workshop(cluster, password)
    try:
        await _initdb(cluster, workshop)
        (workshop / "data").rename(cluster.path)
        sync_directory(cluster.path.parent)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def remove_unfinished(home: Path) -> None:
    """What a process killed in the middle of `create_cluster` left behind."""
    for workshop in home.glob(f"{UNFINISHED}*"):
        shutil.rmtree(workshop, ignore_errors=True)


def _open_workshop(cluster: Cluster, password: str) -> Path:
    workshop = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=cluster.path.parent))
    write_durably(workshop / "password", password)
    cluster.account.own(workshop / "password")
    cluster.account.own(workshop)
    return workshop


async def _initdb(cluster: Cluster, workshop: Path) -> None:
    log = ServerLog(workshop / "initdb.log")
    process = await launch(
        cluster.installation.initdb,
        f"--pgdata={workshop / 'data'}",
        f"--pwfile={workshop / 'password'}",
        f"--username={USER}",
        "--auth=scram-sha-256",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        account=cluster.account,
        log=log,
    )
    if await _ended(process) != 0:
        raise EmbeddedPostgresFailed(f"initdb failed.\n{await complaint_of(process, log, 0)}")


async def _ended(process: Process) -> int:
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
