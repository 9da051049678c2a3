"""`rex up`: serve everything from this process."""

from entrypoints.cli.serving import serves
from entrypoints.parts import Part


def up() -> None:
    """Serve API, worker and clockwork until Ctrl-C or SIGTERM."""
    usual = Part.API | Part.WORKER | Part.UPKEEP
    serves(lambda settings: usual | Part.SCHEDULES if settings.fires_schedules else usual, "REX is ready at {url}")
