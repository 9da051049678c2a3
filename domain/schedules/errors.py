from domain.errors import NotFound


class ScheduleNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Schedule not found")
