import asyncio
import os
import time
from pathlib import Path

import asyncpg
import pytest

from adapters.embedded.errors import AlreadyRunning, EmbeddedPostgresFailed
from adapters.embedded.processes import running_processes
from adapters.embedded.server import EmbeddedPostgres, running_address
from tests.adapters.embedded.holding import holding, is_there, mode_of, postmaster_of, servers_of, unfinished, until


async def test_starts_from_nothing_and_knows_vectors(fresh: Path, said: list[str]) -> None:
    server = EmbeddedPostgres(fresh, say=said.append)
    address = await server.start()
    connection = await asyncpg.connect(address.url)
    await connection.execute("CREATE EXTENSION vector")
    assert await connection.fetchval("SELECT '[1,2]'::vector <-> '[1,5]'::vector") == 3
    await connection.close()
    await server.stop()
    assert said == []


async def test_starts_again_with_what_was_there(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect((await server.start()).url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    await connection.close()
    await server.stop()
    connection = await asyncpg.connect((await server.start()).url)
    assert await connection.fetchval("SELECT answer FROM kept") == 42
    await connection.close()


async def test_starts_again_in_no_time(server: EmbeddedPostgres) -> None:
    began = time.monotonic()
    await server.start()
    assert time.monotonic() - began < 2.0  # 0.05 s when the machine has nothing else to do


async def test_loses_nothing_and_needs_little(server: EmbeddedPostgres) -> None:
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "wal_level": "minimal",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
        "listen_addresses": "",
        "jit": "off",
    }
    connection = await asyncpg.connect((await server.start()).url)
    for setting, value in wanted.items():
        assert await connection.fetchval("SELECT current_setting($1)", setting) == value
    await connection.close()


async def test_refuses_a_second_instance_with_a_sentence(server: EmbeddedPostgres, data_dir: Path) -> None:
    address = await server.start()
    second = EmbeddedPostgres(data_dir, say=lambda _: None)
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}") as refusal:
        await second.start()
    assert str(data_dir) in str(refusal.value)
    await second.stop()
    await (await asyncpg.connect(address.url)).close()


async def test_refuses_a_wrong_password(server: EmbeddedPostgres) -> None:
    address = await server.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(address.url.replace(address.password, "guessed"))


async def test_tells_the_password_to_nobody(server: EmbeddedPostgres, data_dir: Path, said: list[str]) -> None:
    address = await server.start()
    listed = await asyncio.to_thread(_command_lines)
    log = (data_dir / "cluster" / "server.log").read_text()
    assert address.password not in "".join((repr(address), listed, log, *said))
    assert mode_of(data_dir / "postgres.password") == 0o600
    assert mode_of(address.host) == 0o700


def _command_lines() -> str:
    return "\n".join(running.command for running in running_processes())


async def test_leaves_no_process_and_no_socket(server: EmbeddedPostgres, data_dir: Path) -> None:
    address = await server.start()
    connection = await asyncpg.connect(address.url)
    assert servers_of(data_dir / "cluster")
    await server.stop()
    await server.stop()
    assert servers_of(data_dir / "cluster") == []
    assert not is_there(address.host)
    connection.terminate()


async def test_an_interrupted_start_leaves_nothing(fresh: Path) -> None:
    server = EmbeddedPostgres(fresh, say=lambda _: None)
    starting = asyncio.create_task(server.start())
    await until(lambda: bool(unfinished(fresh)))
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert running_address(fresh) is None
    await server.start()
    await server.stop()
    assert unfinished(fresh) == []


async def test_long_and_odd_data_directories_work(folder: Path) -> None:
    data_dir = folder / ("long " * 20) / "ä, b:c %41 'd' \"e\"" / ".rex"
    server = EmbeddedPostgres(data_dir, say=lambda _: None)
    address = await server.start()
    try:
        assert len(os.fsencode(f"{address.host}/.s.PGSQL.5432")) <= 107
        assert mode_of(address.host) == 0o700
        await (await asyncpg.connect(address.url)).close()
    finally:
        await server.stop()
    assert not is_there(address.host)


async def test_refuses_a_socket_directory_that_others_may_enter(damaged: EmbeddedPostgres, copied: Path) -> None:
    (copied / "socket").mkdir()
    (copied / "socket").chmod(0o755)
    with pytest.raises(EmbeddedPostgresFailed, match="nobody else may enter"):
        await damaged.start()


async def test_says_what_the_server_said_when_it_does_not_start(damaged: EmbeddedPostgres, copied: Path) -> None:
    (copied / "cluster" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedPostgresFailed, match="database files are incompatible with server"):
        await damaged.start()
    (copied / "cluster" / "PG_VERSION").write_text("18\n")
    await damaged.start()


async def test_says_so_when_the_password_is_gone(damaged: EmbeddedPostgres, copied: Path) -> None:
    (copied / "postgres.password").unlink()
    with pytest.raises(EmbeddedPostgresFailed, match="password is gone"):
        await damaged.start()


async def test_empties_a_log_that_has_grown_too_long(server: EmbeddedPostgres, data_dir: Path) -> None:
    log = data_dir / "cluster" / "server.log"
    with log.open("ab") as file:
        file.truncate(11 * 1024 * 1024)
    await server.start()
    assert log.stat().st_size < 10_000


async def test_a_second_process_finds_the_address_while_it_is_held(data_dir: Path) -> None:
    assert running_address(data_dir) is None
    assert running_address(data_dir / "nowhere") is None
    with holding(data_dir) as holder:
        url = await asyncio.to_thread(holder.line)
        found = running_address(data_dir)
        assert found is not None
        assert found.url == url
        await (await asyncpg.connect(found.url)).close()
        assert postmaster_of(data_dir / "cluster") in servers_of(data_dir / "cluster")
        await asyncio.to_thread(holder.kill)
    assert running_address(data_dir) is None
