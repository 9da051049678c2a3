"""What is recorded about looking something up."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.knowledge.scope import Scope


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalEvent:
    """One attempt of one retriever of one node.

    `attempt` and `branch_index` count from 1. `scope` is what was really searched, defaults filled in. `selected`
    says whether what was found became part of the result; None where nothing could be, because it failed.
    """

    query: str = field(repr=False)
    top_k: int
    attempt: int
    max_attempts: int
    status: RetrievalStatus
    matches_count: int = 0
    duration_ms: int
    error: str | None = None
    scope: Scope
    strategy: Strategy
    retriever_key: str
    branch_index: int
    selected: bool | None
    created_at: datetime
