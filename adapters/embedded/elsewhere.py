"""A place for what an unprivileged account cannot reach where REX is installed. Only root puts things there."""

import hashlib
import os
import stat
from pathlib import Path

from adapters.embedded.errors import EmbeddedPostgresFailed

ELSEWHERE = Path("/var/lib/rex")
# Another account has to pass through on its way to what it owns; nothing on the way is readable for it.
PASSABLE = 0o711


def short_name(path: Path) -> str:
    """Sixteen hexadecimal digits that stand for an absolute path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def make_passable(path: Path) -> None:
    """A new directory of ours that every account may pass through, whatever our umask."""
    path.mkdir(mode=0o700, parents=True)
    path.chmod(PASSABLE)


def open_elsewhere() -> Path:
    """Make it if need be. Raise EmbeddedPostgresFailed when somebody else could tamper with what we put there."""
    if not ELSEWHERE.exists():
        make_passable(ELSEWHERE)
    status = ELSEWHERE.lstat()
    if status.st_uid != os.geteuid() or not stat.S_ISDIR(status.st_mode) or status.st_mode & 0o022:
        raise EmbeddedPostgresFailed(f"{ELSEWHERE} must be a directory that only root can write to.")
    return ELSEWHERE
