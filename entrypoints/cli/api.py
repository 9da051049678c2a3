"""`rex api`: answer requests, and leave the work to others."""

from entrypoints.cli.serving import serves
from entrypoints.parts import Part


def api() -> None:
    """Serve the API alone; with it the clockwork, unless REX_SCHEDULER=false."""
    serves(
        lambda settings: Part.API | Part.CLOCKWORK if settings.fires_schedules else Part.API,
        "REX is ready at {url}: the API",
    )
