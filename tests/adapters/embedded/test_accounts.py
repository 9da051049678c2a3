"""Root and ordinary users: each test asserts what it can as whoever runs it."""

import asyncio
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from adapters.embedded.account import account_for
from adapters.embedded.elsewhere import ELSEWHERE
from adapters.embedded.errors import AlreadyRunning, EmbeddedPostgresFailed
from adapters.embedded.installation import PACKAGE, PARTS, installation_for
from adapters.embedded.server import EmbeddedPostgres
from tests.adapters.embedded.holding import PACKAGES, REPOSITORY, command_of, holding, mode_of, postmaster_of

AS_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody").pw_uid


async def test_the_server_never_runs_as_root(server: EmbeddedPostgres, data_dir: Path) -> None:
    await server.start()
    owner = (data_dir / "cluster").stat().st_uid
    assert owner == os.geteuid() or (AS_ROOT and owner != 0)


async def test_works_below_a_closed_folder_without_opening_it(closed: Path, said: list[str]) -> None:
    before = _permissions(closed)
    for _ in range(2):
        server = EmbeddedPostgres(closed / ".rex", say=said.append)
        await (await asyncpg.connect((await server.start()).url)).close()
        await server.stop()
    assert _permissions(closed) == before
    if AS_ROOT:
        (sentence,) = said
        assert f"may not pass through {closed}" in sentence
        kept = Path((closed / ".rex" / "postgres.location").read_text().strip())
        assert kept.parent == ELSEWHERE
        assert str(kept) in sentence
        assert not (closed / ".rex" / "cluster").exists()
    else:
        assert said == []
        assert (closed / ".rex" / "cluster").exists()


async def test_a_moved_data_directory_keeps_its_database_and_a_new_one_gets_its_own(closed: Path) -> None:
    await _leave_a_table(closed / ".rex")
    (closed / ".rex").rename(closed / "copy")
    assert not await _has_the_table(closed / ".rex")
    assert await _has_the_table(closed / "copy")


async def test_says_so_when_the_database_that_was_kept_elsewhere_is_gone(closed: Path, said: list[str]) -> None:
    data_dir = closed / ".rex"
    data_dir.mkdir()
    (data_dir / "postgres.location").write_text("/nowhere/at/all\n")
    with pytest.raises(EmbeddedPostgresFailed, match="/nowhere/at/all, which is gone"):
        await EmbeddedPostgres(data_dir, say=said.append).start()


async def test_copies_of_a_data_directory_do_not_share_a_running_database(closed: Path, said: list[str]) -> None:
    await _leave_a_table(closed / ".rex")
    shutil.copytree(closed / ".rex", closed / "copy")
    one, other = (EmbeddedPostgres(closed / name, say=said.append) for name in (".rex", "copy"))
    address = await one.start()
    if AS_ROOT:
        with pytest.raises(AlreadyRunning, match="is using"):
            await other.start()
    else:
        assert (await other.start()).host != address.host
    await (await asyncpg.connect(address.url)).close()
    await one.stop()
    await other.stop()


async def test_runs_where_the_programs_cannot_be_reached(closed: Path, fresh: Path) -> None:
    for part in PARTS:
        if (PACKAGES / part).exists():
            shutil.copytree(PACKAGES / part, closed / part)
    (closed / PACKAGE / "__init__.py").touch()
    with holding(fresh, path=(closed,)) as holder:
        assert (await asyncio.to_thread(holder.line)).startswith("postgresql://")
        command = command_of(postmaster_of(fresh / "cluster"))
        assert command.startswith(str(ELSEWHERE if AS_ROOT else closed))


async def test_runs_as_an_ordinary_user(folder: Path) -> None:
    if not AS_ROOT:
        assert account_for(None).uid == os.geteuid()
        return
    python = _python_for(NOBODY)
    if python is None:
        assert account_for(None).uid != 0
        return
    os.chown(folder, NOBODY, -1)
    with holding(folder / ".rex", uid=NOBODY, python=python) as holder:
        url = await asyncio.to_thread(holder.line)
        await (await asyncpg.connect(url)).close()
        assert (folder / ".rex").stat().st_uid == NOBODY
        assert mode_of(folder / ".rex") == 0o700
    server = EmbeddedPostgres(folder / ".rex", say=lambda _: None)
    await server.start()  # root takes over what the user made, as that user
    await server.stop()
    assert (folder / ".rex" / "cluster" / "server.log").stat().st_uid == NOBODY


async def test_uses_the_installed_programs_where_they_can_be_reached() -> None:
    account = account_for(None)
    installation = await installation_for(account, lambda _: None)
    assert installation.postgres.exists()


def _permissions(path: Path) -> list[tuple[int, int]]:
    return [(step.stat().st_mode, step.stat().st_uid) for step in (path, *path.parents)]


async def _leave_a_table(data_dir: Path) -> None:
    assert await _ask(data_dir, "CREATE TABLE left_behind ()") is None


async def _has_the_table(data_dir: Path) -> bool:
    return await _ask(data_dir, "SELECT to_regclass('left_behind')") is not None


async def _ask(data_dir: Path, question: str) -> object:
    server = EmbeddedPostgres(data_dir, say=lambda _: None)
    connection = await asyncpg.connect((await server.start()).url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()
        await server.stop()


def _python_for(uid: int) -> str | None:
    """An interpreter of our version that `uid` can run with our packages; ours may lie in root's closed home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    environment = {"PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(PACKAGES))), "PYTHONDONTWRITEBYTECODE": "1"}
    for python in (sys.executable, f"/usr/local/bin/{version}", f"/usr/bin/{version}"):
        command = ["sh", "-c", f"exec {python} -c 'import asyncpg, adapters.embedded'"]
        tried = subprocess.run(
            command, user=uid, group=uid, extra_groups=[], cwd="/", env=environment, capture_output=True
        )
        if tried.returncode == 0:
            return python
    return None
