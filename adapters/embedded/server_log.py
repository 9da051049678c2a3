"""What the server said."""

import os
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 10 * 1024 * 1024
TAIL_BYTES = 4000


@dataclass(frozen=True, slots=True)
class ServerLog:
    """Emptied at the start of a server when it has grown beyond `MOST_BYTES`."""

    path: Path

    def mark(self) -> int:
        """The position from which the server about to start will write."""
        size = self.path.lstat().st_size if self.path.exists() else 0
        return size if size <= MOST_BYTES else 0

    def since(self, mark: int) -> str:
        """The last lines written from `mark` on, a few thousand characters at most."""
        try:
            # The account of the server owns this directory: a link in it could lead root anywhere.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return ""
        with os.fdopen(descriptor, "rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(min(max(mark, end - TAIL_BYTES), end))
            return file.read().decode(errors="replace").strip()
