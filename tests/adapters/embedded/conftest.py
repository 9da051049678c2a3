"""Data directories, and servers on them that are stopped whatever a test does."""

import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.embedded.elsewhere import ELSEWHERE, short_name
from adapters.embedded.installation import DISTRIBUTION
from adapters.embedded.server import EmbeddedPostgres


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """pytest's own folders are closed to other accounts, such as the one the server gets when we are root."""
    folder = Path(tempfile.mkdtemp(prefix="rex-test-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def folder(open_folder: Path) -> Path:
    made = Path(tempfile.mkdtemp(dir=open_folder))
    made.chmod(0o711)
    return made


@pytest.fixture
def fresh(folder: Path) -> Path:
    """A data directory that is not there yet."""
    return folder / ".rex"


@pytest.fixture(scope="session")
async def data_dir(open_folder: Path) -> Path:
    """One with a stopped database in it, shared: forty megabytes take longer to copy than a server to start."""
    data_dir = open_folder / ".rex"
    server = EmbeddedPostgres(data_dir, say=lambda _: None)
    await server.start()
    await server.stop()
    return data_dir


@pytest.fixture
def copied(data_dir: Path, folder: Path) -> Path:
    """The same, to be damaged."""
    subprocess.run(["cp", "-a", str(data_dir), str(folder / ".rex")], check=True)
    return folder / ".rex"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
async def server(data_dir: Path, said: list[str]) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data_dir, say=said.append)
    yield server
    await server.stop()


@pytest.fixture
async def damaged(copied: Path, said: list[str]) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(copied, say=said.append)
    yield server
    await server.stop()


@pytest.fixture
def closed(folder: Path) -> Iterator[Path]:
    """A folder that nobody but its owner may enter, as root's own is.

    Afterwards, what root put into the system's own place on account of it is taken away.
    """
    made = folder / "closed"
    made.mkdir(mode=0o700)
    had_programs = any(ELSEWHERE.glob(f"{DISTRIBUTION}-*"))
    yield made
    patterns = [f"{short_name(made / name)}*" for name in (".rex", "copy")]
    for pattern in patterns if had_programs else [*patterns, f"{DISTRIBUTION}-*"]:
        for kept in ELSEWHERE.glob(pattern):
            shutil.rmtree(kept)
    with suppress(OSError):
        ELSEWHERE.rmdir()  # unless there is more in it
