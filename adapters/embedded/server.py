"""The private database of a data directory."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from adapters.embedded.address import PostgresAddress
from adapters.embedded.cluster import Cluster
from adapters.embedded.errors import EmbeddedPostgresFailed
from adapters.embedded.hold import Hold, find_holder, take_hold
from adapters.embedded.home import Home, find_home, open_data_dir
from adapters.embedded.initdb import USER, create_cluster, remove_unfinished
from adapters.embedded.installation import installation_for
from adapters.embedded.password import password_for, read_password
from adapters.embedded.postmaster import Postmaster
from adapters.embedded.socket_directory import PORT, choose_socket_directory
from adapters.embedded.supervision import keep_running

DATABASE = "rex"


class EmbeddedPostgres:
    """A PostgreSQL server that lives as long as this object is started, on a Unix socket only.

    `say` gets sentences for whoever started REX. While started, a server that dies is started again. Start it in
    the thread that lives as long as REX does: on Linux, where the server shuts down when REX is killed, it is that
    thread's end which the kernel tells it about.
    """

    def __init__(self, data_dir: Path, *, say: Callable[[str], None]) -> None:
        self._data_dir = data_dir.resolve()
        self._say = say
        self._holds: list[Hold] = []
        self._postmaster: Postmaster | None = None
        self._supervision: asyncio.Task[None] | None = None

    async def start(self) -> PostgresAddress:
        """Return once the database answers. What an earlier REX left, finished or not, is put in order first.

        Raise AlreadyRunning when another REX uses the data directory, EmbeddedPostgresFailed when it cannot be.
        """
        try:
            hold = await self._take_data_dir()
            try:
                return await self._open(hold)
            except BaseException:
                await self.stop()
                raise
        except OSError as refusal:
            raise EmbeddedPostgresFailed(f"The private database in {self._data_dir} failed: {refusal}") from refusal

    async def stop(self) -> None:
        """Shut down cleanly and let go of the data directory. Does nothing when there is nothing to stop."""
        if self._supervision is not None:
            self._supervision.cancel()
            await asyncio.wait([self._supervision])
            self._supervision = None
        if self._postmaster is not None:
            await self._postmaster.stop()
            self._postmaster = None
        while self._holds:
            self._holds.pop().release()

    async def _take_data_dir(self) -> Hold:
        open_data_dir(self._data_dir)
        hold = await take_hold(self._data_dir)
        self._holds.append(hold)
        return hold

    async def _open(self, hold: Hold) -> PostgresAddress:
        home = find_home(self._data_dir, self._say)
        if home.path != self._data_dir:
            self._holds.append(await take_hold(home.path))
        address = _address(choose_socket_directory(home), password_for(self._data_dir, home.cluster))
        cluster = await self._cluster(home, address.password)
        self._postmaster = Postmaster(cluster, address)
        await self._postmaster.start()
        self._supervision = asyncio.create_task(keep_running(self._postmaster, self._say))
        hold.publish(address.host)
        return address

    async def _cluster(self, home: Home, password: str) -> Cluster:
        installation = await installation_for(home.account, self._say)
        cluster = Cluster(path=home.cluster, account=home.account, installation=installation)
        await asyncio.to_thread(remove_unfinished, home.path)
        if not cluster.path.exists():
            await create_cluster(cluster, password)
        return cluster


def running_address(data_dir: Path) -> PostgresAddress | None:
    """For a second process: the database that a running REX holds open on this directory.

    None when no REX does, or when its database does not answer yet. Raise EmbeddedPostgresFailed when the account
    that we run as may not know.
    """
    data_dir = data_dir.resolve()
    try:
        holder, password = find_holder(data_dir), read_password(data_dir)
    except PermissionError as refusal:
        raise EmbeddedPostgresFailed(f"The data directory {data_dir} belongs to another account.") from refusal
    if holder is None or holder.socket_directory is None or password is None:
        return None
    return _address(Path(holder.socket_directory), password)


def _address(socket_directory: Path, password: str) -> PostgresAddress:
    return PostgresAddress(host=str(socket_directory), port=PORT, user=USER, password=password, database=DATABASE)
