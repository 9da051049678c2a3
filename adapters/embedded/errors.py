"""Why there is no private database, in sentences for whoever started REX."""

from pathlib import Path

from domain.errors import Conflict, Unavailable


class AlreadyRunning(Conflict):
    """One instance per directory. `pid` is None in the moment before the other instance has written it down."""

    def __init__(self, path: Path, pid: int | None) -> None:
        who = "Another REX" if pid is None else f"Another REX (process {pid})"
        super().__init__(f"{who} is using {path}. Stop it first, or choose another data directory.")
        self.path = path
        self.pid = pid


class EmbeddedPostgresFailed(Unavailable):
    """The private database cannot be had; the message says why and ends with what the server logged, if it did."""
