"""What a template can be told, the same for all of them."""

from dataclasses import dataclass
from typing import Final

from domain.knowledge.scope import ScopeType
from domain.values.json import JsonObject

USUAL_QUERY_PATH: Final = "query"
LONGEST_QUERY_PATH: Final = 255
USUAL_TOP_K: Final = 8
HIGHEST_TOP_K: Final = 50
THIS: Final = "this"
"""In place of an id: the workflow or the run that it stands in, found out when it runs."""

TAKEN: Final = (
    "content",
    "usage",
    "model",
    "provider",
    "finishReason",
    "requestedProvider",
    "warnings",
    "knowledge",
    "sessionSummary",
    "preferredRetriever",
    "documents",
    "documentText",
    "documentTitle",
)
"""Names at the top of the payload that nodes of templates write or read: a question there would be hidden by an answer,
or be taken for a document."""

TAKEN_PREFIX: Final = "_"
"""What names begin with that belong to nodes and to the engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParameters:
    """`workflow_id` is there exactly with the scope of a workflow, `execution_id` with that of a run: an id or THIS."""

    query_path: str = USUAL_QUERY_PATH
    top_k: int = USUAL_TOP_K
    corpus_id: str | None = None
    scope_type: ScopeType | None = None
    workflow_id: str | None = None
    execution_id: str | None = None

    @property
    def question(self) -> str:
        """The placeholder that the payload's question fills."""
        return "{{" + self.query_path + "}}"

    def scope(self) -> JsonObject:
        """The part of a knowledge node's config that says where knowledge is: nothing where nothing was said."""
        said = {
            "corpusId": self.corpus_id,
            "scopeType": None if self.scope_type is None else self.scope_type.value,
            "workflowIdScope": self.workflow_id,
            "executionIdScope": self.execution_id,
        }
        return {name: value for name, value in said.items() if value is not None}

    def described(self) -> JsonObject:
        """As they are told and stored; what is unset is absent."""
        said = {
            "corpusId": self.corpus_id,
            "scopeType": None if self.scope_type is None else self.scope_type.value,
            "workflowId": self.workflow_id,
            "executionId": self.execution_id,
        }
        given: JsonObject = {name: value for name, value in said.items() if value is not None}
        return {"queryPath": self.query_path, "topK": self.top_k, **given}
