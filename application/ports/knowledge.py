"""What runs need of knowledge: to find something, and to add something."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from domain.ids import ChunkId, CorpusId, DocumentId, ExecutionId, UserId, WorkflowId
from domain.knowledge.conditions import Condition
from domain.knowledge.explanation import Explanation
from domain.knowledge.findings import Findings
from domain.knowledge.scope import EVERYWHERE, Scope
from domain.values.json import JsonObject


class SearchMode(StrEnum):
    """By meaning and words together, by meaning alone, by words alone."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`top_k` from 1 to 50. Only ready documents of `owner_id` in `scope` that fulfil all of `where` are searched."""

    owner_id: UserId
    query: str
    top_k: int = 8
    scope: Scope = EVERYWHERE
    mode: SearchMode = SearchMode.HYBRID
    where: Sequence[Condition] = ()


class KnowledgeSearch(Protocol):
    async def search(self, wanted: Search) -> Findings:
        """At most `top_k` matches, best first; a larger `top_k` never reorders a smaller one. Corpora that do not
        exist or are somebody else's hold nothing. Calls may overlap, and cancelling ends one at once.

        All that is read is of one moment: of a document that is being replaced, either the old text is found or the
        new one. Each corpus is asked by the embedder that made its vectors; where that gives no answer, HYBRID searches
        by words alone and says so in the warnings, and DENSE raises what the embedder raised.

        Raise Unavailable when the search cannot be done now.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """One document to be. `title` 1 to 255 characters; `text` not blank; `source_type` upload, inline or api."""

    title: str
    text: str = field(repr=False)
    source_type: str = "inline"
    metadata: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingestion:
    """Texts to keep and index now, on behalf of a run.

    The corpus is `scope.corpus_id` if given, else the one corpus of `scope`; where `scope` says nothing at all, the
    workflow's own. The corpus of a scope is made when it is missing.
    """

    owner_id: UserId
    workflow_id: WorkflowId
    execution_id: ExecutionId
    scope: Scope = EVERYWHERE
    texts: Sequence[NewText]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of one text: `error` is set exactly when `status` is failed.

    `is_known` is true when the corpus held the same content already: then this is the document that was there.
    """

    corpus_id: CorpusId
    document_id: DocumentId
    title: str
    status: str
    chunk_count: int
    is_known: bool = False
    error: str | None = None


class KnowledgeIngestion(Protocol):
    async def ingest(self, ingestion: Ingestion) -> Sequence[Ingested]:
        """One outcome for each text, in order; a text that cannot be kept does not keep the others from it. What is
        reported as ready can be found by the next search. Doing it twice is the same as doing it once.

        Raise CorpusNotFound when `scope.corpus_id` is nobody's or somebody else's, CorpusOutOfScope when `scope` names
        a workflow or a run that the corpus is not of, Unavailable when it cannot be done now.
        """


class KnowledgeExplanations(Protocol):
    async def explain(self, wanted: Search, chunk_id: ChunkId | None = None) -> Explanation:
        """Search, and say what was looked at and how it ranks; with `chunk_id`, also why that chunk is in the answer
        or not.

        Raise Unavailable when it cannot be done now.
        """
