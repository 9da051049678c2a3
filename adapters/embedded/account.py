"""Whose processes the database is made of: ours, or an unprivileged account's when we are root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.errors import EmbeddedPostgresFailed

ROOT = 0
CANDIDATES = ("rex", "postgres", "nobody")
READ, ENTER = 0o4, 0o1


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    uid: int
    gid: int

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"with uid {self.uid}"

    def obstacle_to(self, path: Path) -> Path | None:
        """The outermost of the parents of `path` that this account may not enter, else None.

        Goes by the permission bits. Our own account is not examined: what it may not do will say so itself.
        """
        if self.uid == os.geteuid():
            return None
        parents = reversed(path.parents)
        return next((parent for parent in parents if parent.exists() and not self._may(parent, ENTER)), None)

    def can_read(self, path: Path) -> bool:
        if self.uid == os.geteuid():
            return True
        return self.obstacle_to(path) is None and self._may(path, READ)

    def _may(self, path: Path, wish: int) -> bool:
        status = path.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return bool(stat.S_IMODE(status.st_mode) >> shift & wish)

    def own(self, path: Path) -> None:
        """Hand over something that we have just made."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_for(cluster: Path | None) -> Account:
    """Ours unless that is root, which Postgres refuses: then the owner of an existing cluster, else a candidate."""
    if os.geteuid() != ROOT:
        return Account(uid=os.geteuid(), gid=os.getegid())
    if cluster is not None and cluster.exists() and (owner := cluster.stat()).st_uid != ROOT:
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    return _unprivileged()


def _unprivileged() -> Account:
    for name in CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid != ROOT:
            return Account(uid=found.pw_uid, gid=found.pw_gid)
    raise EmbeddedPostgresFailed(
        "PostgreSQL does not run as root, and none of the accounts rex, postgres and nobody exists to run it. "
        "Create one of them, or start REX as an ordinary user."
    )
