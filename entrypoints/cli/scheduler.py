"""`rex scheduler`: what happens by itself as time passes."""

from entrypoints.cli.serving import serves
from entrypoints.parts import Part


def scheduler() -> None:
    """Run the clockwork alone: schedules, lost leases, lost rings. Any number may run."""
    serves(lambda _: Part.CLOCKWORK, "REX is ready: the scheduler")
