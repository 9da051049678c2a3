"""`rex up`: serve everything from this process."""

from entrypoints.cli.serving import serves
from entrypoints.system import Part


def up() -> None:
    """Serve API, worker and clockwork until Ctrl-C or SIGTERM."""
    serves(lambda _: Part.ALL, "REX is ready at {url}")
