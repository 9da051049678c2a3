"""Where the database listens: a Unix socket in a directory that nobody else may enter."""

import os
import stat
import sys
import tempfile
from pathlib import Path
from re import fullmatch

from adapters.embedded.account import Account
from adapters.embedded.elsewhere import short_name
from adapters.embedded.errors import EmbeddedPostgresFailed
from adapters.embedded.home import Home

PORT = 5432
NAME = "socket"
# sockaddr_un: 108 bytes on Linux, 104 elsewhere, the last one a zero.
LONGEST_PATH = 107 if sys.platform == "linux" else 103


def choose_socket_directory(home: Home) -> Path:
    """Beside the cluster, or under the temporary directory when that path is too long or would need quoting."""
    private = f"rex-{short_name(home.path)}"
    candidates = (home.path / NAME, Path(tempfile.gettempdir()).resolve() / private, Path("/tmp").resolve() / private)  # noqa: S108
    for candidate in candidates:
        if _can_be_listened_at(candidate) and home.account.obstacle_to(candidate) is None:
            return candidate
    raise EmbeddedPostgresFailed(f"None of {', '.join(map(str, candidates))} can hold the socket of the database.")


def _can_be_listened_at(directory: Path) -> bool:
    socket = os.fsencode(directory / f".s.PGSQL.{PORT}")
    # Commas separate hosts in connection strings and in Postgres's own setting, colons separate ports from hosts.
    return len(socket) <= LONGEST_PATH and fullmatch(rb"[\w./+-]+", socket) is not None


def prepare_socket_directory(directory: Path, account: Account) -> None:
    """Raise EmbeddedPostgresFailed when something is there that is not ours alone."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        _refuse_foreign(directory, account)
    account.own(directory)


def _refuse_foreign(directory: Path, account: Account) -> None:
    status = directory.lstat()
    ours = status.st_uid in (account.uid, os.geteuid())
    if not stat.S_ISDIR(status.st_mode) or not ours or stat.S_IMODE(status.st_mode) & 0o077:
        raise EmbeddedPostgresFailed(
            f"{directory} should be a directory of the account {account.name} that nobody else may enter. Remove it."
        )
