"""What is recorded about looking something up."""

from enum import StrEnum


class RetrievalStatus(StrEnum):
    SUCCESS = "success"
    EMPTY = "empty"
    FAILED = "failed"


class Strategy(StrEnum):
    """How the results of several retrievers become one."""

    SINGLE = "single"
    MERGE = "merge"
    FIRST_NON_EMPTY = "first-non-empty"
    BEST_SCORE = "best-score"
    ADAPTIVE = "adaptive"
