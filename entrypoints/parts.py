"""What a process of REX can be made of."""

from enum import Flag, auto


class Part(Flag):
    """What a process does. Any number of processes may do the same."""

    API = auto()
    RUNS = auto()
    DOCUMENTS = auto()
    UPKEEP = auto()
    SCHEDULES = auto()
    WORKER = RUNS | DOCUMENTS
    CLOCKWORK = UPKEEP | SCHEDULES
