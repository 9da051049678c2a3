from domain.errors import Conflict, NotFound


class ScheduleNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Schedule not found")


class TimeZoneUnknownHere(Conflict):
    """Machines know the zones of their own database, which others may be ahead of."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This machine knows no time zone of the name {name}")
