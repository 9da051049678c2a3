"""Where knowledge belongs, and where to look for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.ids import CorpusId, ExecutionId, WorkflowId


class ScopeType(StrEnum):
    """Whose a corpus is: all of a user's, one workflow's, or one run's."""

    USER = "user"
    WORKFLOW = "workflow"
    EXECUTION = "execution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which corpora of a user are meant; everything that is given must hold, and nothing given is all of them.

    With `type` workflow or execution the id of that kind is given, and the other id is not looked at.
    """

    corpus_id: CorpusId | None = None
    type: ScopeType | None = None
    workflow_id: WorkflowId | None = None
    execution_id: ExecutionId | None = None


EVERYWHERE: Final = Scope()
"""All corpora of the user."""
