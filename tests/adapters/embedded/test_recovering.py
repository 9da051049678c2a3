import asyncio
import os
import signal
import time
from pathlib import Path

import asyncpg
import pytest

from adapters.embedded.account import Account, account_for
from adapters.embedded.cluster import Cluster
from adapters.embedded.home import Home
from adapters.embedded.installation import installation_for
from adapters.embedded.server import EmbeddedPostgres, running_address
from adapters.embedded.settings import command_line
from adapters.embedded.socket_directory import choose_socket_directory, prepare_socket_directory
from tests.adapters.embedded.holding import holding, is_ready, postmaster_of, servers_of, spawned, unfinished, until

BUSY = "SELECT count(*) FROM generate_series(1, 100000000000)"


async def test_keeps_rows_when_the_server_is_killed(server: EmbeddedPostgres, data_dir: Path, said: list[str]) -> None:
    address = await server.start()
    connection = await asyncpg.connect(address.url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    killed = postmaster_of(data_dir / "cluster")
    os.kill(killed, signal.SIGKILL)
    await _until_said(said, "The database is back.")
    connection = await asyncpg.connect(address.url)
    assert await connection.fetchval("SELECT answer FROM kept") == 42
    assert postmaster_of(data_dir / "cluster") != killed
    await connection.close()


async def test_ends_sessions_that_did_not_notice_that_their_server_was_killed(
    server: EmbeddedPostgres, data_dir: Path, said: list[str]
) -> None:
    connection = await asyncpg.connect((await server.start()).url)
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    query = asyncio.create_task(connection.execute(BUSY))
    await asyncio.sleep(0.1)
    os.kill(postmaster_of(data_dir / "cluster"), signal.SIGKILL)
    await _until_said(said, "The database is back.")
    with pytest.raises(asyncpg.PostgresConnectionError):
        await query
    assert backend not in servers_of(data_dir / "cluster")


async def test_stops_while_it_is_being_restarted(server: EmbeddedPostgres, data_dir: Path, said: list[str]) -> None:
    await server.start()
    os.kill(postmaster_of(data_dir / "cluster"), signal.SIGKILL)
    await _until_said(said, "being started again")
    await server.stop()
    assert servers_of(data_dir / "cluster") == []
    assert running_address(data_dir) is None


async def test_gives_up_on_a_server_that_keeps_dying(damaged: EmbeddedPostgres, copied: Path, said: list[str]) -> None:
    await damaged.start()
    (copied / "cluster" / "PG_VERSION").write_text("12\n")
    os.kill(postmaster_of(copied / "cluster"), signal.SIGKILL)
    await _until_said(said, "5 times within a minute")
    await damaged.stop()


async def test_recovers_every_row_that_a_killed_rex_had_committed(server: EmbeddedPostgres, data_dir: Path) -> None:
    with holding(data_dir) as holder:
        printed = [await asyncio.to_thread(holder.line) for _ in range(50)]
        old = postmaster_of(data_dir / "cluster")
        last = int((printed + await asyncio.to_thread(holder.kill))[-1])
    connection = await asyncpg.connect((await server.start()).url)
    assert await connection.fetchval("SELECT count(DISTINCT number) FROM committed WHERE number <= $1", last) == last
    assert old not in servers_of(data_dir / "cluster")
    await connection.close()


async def test_the_server_does_not_outlive_a_killed_rex(data_dir: Path) -> None:
    with holding(data_dir) as holder:
        await asyncio.to_thread(holder.line)
        await asyncio.to_thread(holder.kill)
        await until(lambda: servers_of(data_dir / "cluster") == [])
    assert not (data_dir / "cluster" / "postmaster.pid").exists()


async def test_stops_a_server_that_did_outlive_its_rex(server: EmbeddedPostgres, data_dir: Path) -> None:
    command, account = await _server_command(data_dir)
    with spawned(*command, uid=account.uid, gid=account.gid) as stray:
        await until(lambda: is_ready(data_dir / "cluster"))  # before that it ends at once, and says that it failed
        await server.start()
        assert stray.wait(timeout=5) == 0
    assert postmaster_of(data_dir / "cluster") != stray.pid


async def test_leaves_strangers_alone_that_have_the_number_of_an_old_server(
    server: EmbeddedPostgres, data_dir: Path
) -> None:
    cluster = data_dir / "cluster"
    with spawned("sleep", "60", uid=account_for(cluster).uid) as stranger:
        (cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster}\n{int(time.time())}\n5432\n\n\n\nready\n")
        await server.start()
        assert stranger.poll() is None


async def test_begins_again_where_initdb_was_killed(fresh: Path) -> None:
    with holding(fresh) as holder:
        await until(lambda: any(made.name == "base" for made in unfinished(fresh)))
        holder.process.kill()
    assert not (fresh / "cluster").exists()
    server = EmbeddedPostgres(fresh, say=lambda _: None)
    await (await asyncpg.connect((await server.start()).url)).close()
    await server.stop()
    assert unfinished(fresh) == []


async def _until_said(said: list[str], words: str) -> None:
    await until(lambda: any(words in sentence for sentence in said))


async def _server_command(data_dir: Path) -> tuple[list[str], Account]:
    """To start a server as a killed REX leaves it where the kernel does not tell the server."""
    home = Home(path=data_dir, account=account_for(data_dir / "cluster"))
    installation = await installation_for(home.account, lambda _: None)
    cluster = Cluster(path=home.cluster, account=home.account, installation=installation)
    sockets = choose_socket_directory(home)
    prepare_socket_directory(sockets, home.account)
    return [str(installation.postgres), *command_line(cluster, sockets)], home.account
