"""One database cluster: the directory, who runs it, and with which programs."""

from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.account import Account
from adapters.embedded.elsewhere import short_name
from adapters.embedded.installation import Installation
from adapters.embedded.server_log import ServerLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    path: Path
    account: Account
    installation: Installation

    @property
    def name(self) -> str:
        """Part of the title of each of its processes, so that they can be told from those of other clusters."""
        return f"rex_{short_name(self.path)}"

    @property
    def first_arguments(self) -> tuple[str, ...]:
        """What the command line of its server begins with, and nobody else's does."""
        return ("-D", str(self.path), "-c", f"cluster_name={self.name}")

    @property
    def log(self) -> ServerLog:
        return ServerLog(self.path / "server.log")
