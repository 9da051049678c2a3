"""Where the database of a data directory lives: inside it, or elsewhere when root keeps it behind a closed door."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from adapters.embedded.account import ROOT, Account, account_for
from adapters.embedded.durable_file import write_durably
from adapters.embedded.elsewhere import make_passable, open_elsewhere, short_name
from adapters.embedded.errors import EmbeddedPostgresFailed

CLUSTER = "cluster"
MEMORY = "postgres.location"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    path: Path
    account: Account

    @property
    def cluster(self) -> Path:
        return self.path / CLUSTER


def open_data_dir(path: Path) -> None:
    if path.exists():
        return
    if os.geteuid() == ROOT:
        make_passable(path)
    else:
        path.mkdir(mode=0o700, parents=True)


def find_home(data_dir: Path, say: Callable[[str], None]) -> Home:
    """The same home each time, once there is one. No permission of an existing directory is ever changed."""
    known = _known(data_dir)
    if known is not None:
        return _checked(Home(path=known, account=account_for(known / CLUSTER)))
    account = account_for(None)
    obstacle = account.obstacle_to(data_dir / CLUSTER)
    if obstacle is None:
        return Home(path=data_dir, account=account)
    return _make_elsewhere(data_dir, account, obstacle, say)


def has_cluster(data_dir: Path) -> bool:
    """Whether there is a database to start, or one that cannot be looked at. Makes nothing."""
    try:
        home = _known(data_dir)
        return home is not None and (home / CLUSTER).exists()
    except (PermissionError, EmbeddedPostgresFailed):
        return True


def _known(data_dir: Path) -> Path | None:
    memory = data_dir / MEMORY
    if not memory.exists():
        return data_dir if (data_dir / CLUSTER).exists() else None
    remembered = Path(memory.read_text().strip())
    if not remembered.is_dir():
        raise EmbeddedPostgresFailed(
            f"The database of {data_dir} was kept in {remembered}, which is gone. "
            f"Bring it back, or remove {memory} to begin with an empty database."
        )
    return remembered


def _checked(home: Home) -> Home:
    obstacle = home.account.obstacle_to(home.cluster)
    if obstacle is not None:
        raise EmbeddedPostgresFailed(
            f"The database in {home.cluster} has to run as the account {home.account.name}, "
            f"which may not pass through {obstacle}. Let it pass, or keep the data directory somewhere else."
        )
    return home


def _make_elsewhere(data_dir: Path, account: Account, obstacle: Path, say: Callable[[str], None]) -> Home:
    path = _unused(open_elsewhere() / short_name(data_dir))
    make_passable(path)
    home = _checked(Home(path=path, account=account))
    write_durably(data_dir / MEMORY, f"{path}\n")
    say(f"PostgreSQL runs as {account.name}, which may not pass through {obstacle}; the database is kept in {path}.")
    return home


def _unused(path: Path) -> Path:
    """A data directory without a memory is a new one, so what is there for its name belongs to another.

    That other may have been moved, and its memory with it: nothing of it is taken or touched.
    """
    candidates = chain([path], (path.with_name(f"{path.name}.{number}") for number in count(2)))
    return next(candidate for candidate in candidates if not candidate.exists())
