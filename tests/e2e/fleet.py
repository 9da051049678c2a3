"""Several REX processes on one database, each with its own port, as on several machines."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live import LiveRex


@contextmanager
def fleet(database_url: str, *, size: int, **environment: str) -> Iterator[list[LiveRex]]:
    """They share their secrets by sharing a data directory."""
    shared = Path(tempfile.mkdtemp(prefix="rex-fleet-"))
    ships = [LiveRex(shared, DATABASE_URL=database_url, **environment) for _ in range(size)]
    try:
        for ship in ships:
            ship.start()
        yield ships
    finally:
        for ship in ships:
            ship.stop()
        shutil.rmtree(shared, ignore_errors=True)
        Path(f"{shared}.log").unlink(missing_ok=True)


@contextmanager
def parts(database_url: str, *commands: str, **environment: str) -> Iterator[list[LiveRex]]:
    """One process for each command, such as `api` or `worker --only runs`."""
    shared = Path(tempfile.mkdtemp(prefix="rex-parts-"))
    processes = [LiveRex(shared, *each.split(), DATABASE_URL=database_url, **environment) for each in commands]
    try:
        for process in processes:
            process.begin()
        for process in processes:
            process.gets_ready()
        yield processes
    finally:
        for process in processes:
            process.interrupt()
        for process in processes:
            process.wait()
        shutil.rmtree(shared, ignore_errors=True)
        Path(f"{shared}.log").unlink(missing_ok=True)
