"""A collection of documents that are searched together."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.errors import Fault, Invalid
from domain.ids import CorpusId, ExecutionId, UserId, WorkflowId
from domain.knowledge.chunking import USUAL, Chunking
from domain.knowledge.scope import Scope, ScopeType
from domain.values.json import JsonObject

MAX_NAME_LENGTH = 255
MAX_DESCRIPTION_LENGTH = 2048


class CorpusStatus(StrEnum):
    """Ingesting while any document waits or is worked on, else ready: what failed is the documents' own affair."""

    INGESTING = "ingesting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """`chunking` is for documents that are still to come; those that are there stay cut as they are."""

    id: CorpusId
    owner_id: UserId
    name: str
    description: str = ""
    scope: ScopeType = ScopeType.USER
    workflow_id: WorkflowId | None = None
    execution_id: ExecutionId | None = None
    chunking: Chunking = USUAL
    metadata: JsonObject = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime

    def is_within(self, scope: Scope) -> bool:
        """Whether a search in `scope` looks here, as far as its type and ids go."""
        if scope.type is None:
            return True
        own, asked = {
            ScopeType.USER: (self.owner_id, self.owner_id),
            ScopeType.WORKFLOW: (self.workflow_id, scope.workflow_id),
            ScopeType.EXECUTION: (self.execution_id, scope.execution_id),
        }[scope.type]
        return self.scope is scope.type and own is not None and own == asked

    def expect_a_place(self) -> None:
        """Raise Invalid when it belongs to a workflow or a run and does not say which."""
        needed = {ScopeType.WORKFLOW: ("workflowId", self.workflow_id), ScopeType.EXECUTION: _run(self)}
        key, given = needed.get(self.scope, ("", self.owner_id))
        if given is None:
            message = f'Required where scopeType is "{self.scope}"'
            raise Invalid(faults=[Fault((key,), "required", message)])


def _run(corpus: Corpus) -> tuple[str, ExecutionId | None]:
    return "executionId", corpus.execution_id
