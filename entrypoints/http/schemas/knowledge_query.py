"""Questions to knowledge on the wire, and what was found."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from application.ports.knowledge import Search, SearchMode
from domain.errors import Fault, Invalid
from domain.ids import ChunkId, CorpusId, ExecutionId, UserId, WorkflowId
from domain.knowledge import explanation as meaning
from domain.knowledge.conditions import Comparison, Condition, Plain
from domain.knowledge.explanation import Verdict
from domain.knowledge.findings import Findings
from domain.knowledge.match import Component, Match
from domain.knowledge.scope import Scope, ScopeType
from entrypoints.wire.schema_faults import MALFORMED
from entrypoints.wire.texts import UuidText

LONGEST_QUERY: Final = 10_000
MOST_CONDITIONS: Final = 20
MOST_VALUES: Final = 100
LONGEST_FIELD: Final = 255
LONGEST_VALUE: Final = 1000

QueryText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LONGEST_QUERY)]
TopKText: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^\s*0*([1-9]|[1-4][0-9]|50)(\.0*)?\s*$",
        extra={MALFORMED: ("out_of_range", "Number must be between 1 and 50")},
    ),
]
TopK: TypeAlias = Annotated[int, Meta(ge=1, le=50)] | TopKText | bool


class KnowledgeQuestion(Struct, rename="camel", kw_only=True):
    """`scopeType` workflow needs `workflowId`, execution needs `executionId`; everything given must hold.

    `mode` chooses between meaning (`dense`), words (`lexical`) and both. `filters` are conditions on the metadata of
    documents: a value that a field equals, or an object with one or more of `eq`, `in`, `exists`, `gt`, `gte`, `lt` and
    `lte`. Dots lead into objects; a list fulfils a condition when one of its items does. `explain` adds how the answer
    came about, `explainChunkId` why that chunk is in it or not.
    """

    query: QueryText
    top_k: TopK = 8
    corpus_id: UuidText | UnsetType = UNSET
    scope_type: ScopeType | UnsetType = UNSET
    workflow_id: UuidText | UnsetType = UNSET
    execution_id: UuidText | UnsetType = UNSET
    mode: SearchMode = SearchMode.HYBRID
    filters: dict[str, Any] = field(default_factory=dict)
    explain: bool = False
    explain_chunk_id: UuidText | UnsetType = UNSET

    def wanted(self, owner_id: UserId) -> Search:
        """Raise Invalid for what is well formed and still makes no sense."""
        if faults := [*self._faults(), *_filter_faults(self.filters)]:
            raise Invalid(faults=faults)
        return Search(
            owner_id=owner_id,
            query=self.query,
            top_k=int(float(self.top_k)),
            scope=Scope(
                corpus_id=CorpusId(UUID(self.corpus_id)) if self.corpus_id else None,
                type=self.scope_type or None,
                workflow_id=WorkflowId(UUID(self.workflow_id)) if self.workflow_id else None,
                execution_id=ExecutionId(UUID(self.execution_id)) if self.execution_id else None,
            ),
            mode=self.mode,
            where=list(_conditions(self.filters)),
        )

    def asked_about(self) -> ChunkId | None:
        return ChunkId(UUID(self.explain_chunk_id)) if self.explain_chunk_id else None

    @property
    def wants_explanation(self) -> bool:
        return self.explain or self.explain_chunk_id is not UNSET

    def _faults(self) -> Iterator[Fault]:
        if self.top_k is False:
            yield Fault(("topK",), "out_of_range", "Number must be between 1 and 50")
        if self.scope_type is ScopeType.WORKFLOW and not self.workflow_id:
            yield Fault(("workflowId",), "required", "workflowId is required when scopeType is workflow")
        if self.scope_type is ScopeType.EXECUTION and not self.execution_id:
            yield Fault(("executionId",), "required", "executionId is required when scopeType is execution")


def _conditions(filters: Mapping[str, Any]) -> Iterator[Condition]:
    for name, wanted in filters.items():
        path = tuple(name.split("."))
        if isinstance(wanted, dict):
            for comparison, value in wanted.items():
                yield Condition(path, Comparison(comparison), value if isinstance(value, list) else [value])
        else:
            yield Condition(path, Comparison.EQUALS, [wanted])


def _filter_faults(filters: Mapping[str, Any]) -> Iterator[Fault]:
    conditions = sum(len(wanted) if isinstance(wanted, dict) else 1 for wanted in filters.values())
    if conditions > MOST_CONDITIONS:
        yield Fault(("filters",), "too_many", f"At most {MOST_CONDITIONS} conditions")
    for name, wanted in filters.items():
        if not name or len(name) > LONGEST_FIELD or "" in name.split("."):
            yield Fault(("filters", name), "invalid", f"Must name a field in 1 to {LONGEST_FIELD} characters")
        if wanted == {}:
            yield Fault(("filters", name), "required", "Must hold at least one comparison")
        for comparison, value in wanted.items() if isinstance(wanted, dict) else [("eq", wanted)]:
            yield from _value_faults(("filters", name), comparison, value)
            yield from _length_faults(_place(name, wanted, comparison), value)


def _value_faults(path: tuple[str, ...], comparison: str, value: object) -> Iterator[Fault]:
    inside = (*path, comparison)
    if comparison not in tuple(Comparison):
        listed = " | ".join(f"'{each}'" for each in Comparison)
        yield Fault(inside, "unknown_choice", f"Invalid comparison. Expected {listed}")
    elif comparison == Comparison.EXISTS:
        if not isinstance(value, bool):
            yield Fault(inside, "wrong_type", "Expected boolean")
    elif comparison == Comparison.IN:
        if not isinstance(value, list) or len(value) > MOST_VALUES or not all(map(_is_plain, value)):
            yield Fault(inside, "wrong_type", f"Expected a list of at most {MOST_VALUES} texts, numbers and booleans")
    elif not _is_plain(value):
        yield Fault(inside, "wrong_type", "Expected a text, a number, a boolean or null")


def _place(name: str, wanted: object, comparison: str) -> tuple[str, ...]:
    return ("filters", name, comparison) if isinstance(wanted, dict) else ("filters", name)


def _length_faults(path: tuple[str, ...], value: object) -> Iterator[Fault]:
    several = value if isinstance(value, list) else [value]
    for at, each in enumerate(several):
        if isinstance(each, str) and len(each) > LONGEST_VALUE:
            yield Fault(
                (*path, at) if several is value else path, "too_long", f"Must have at most {LONGEST_VALUE} characters"
            )


def _is_plain(value: object) -> bool:
    return isinstance(value, Plain)


class ComponentRecord(Struct, kw_only=True):
    """`rank` counts from 1. `score` is the cosine for `dense`, BM25 for `lexical`."""

    rank: int
    score: float

    @classmethod
    def of(cls, component: Component) -> "ComponentRecord":
        return cls(rank=component.rank, score=component.score)


class MatchRecord(Struct, rename="camel", kw_only=True):
    """`score` is from 0 to 1; 1 is what every leg puts first. `components` says where each leg that found it has it."""

    corpus_id: CorpusId
    document_id: UUID
    chunk_id: ChunkId
    chunk_index: int
    score: float
    content: str
    title: str
    source_type: str
    metadata: dict[str, Any]
    components: dict[str, ComponentRecord]

    @classmethod
    def of(cls, match: Match) -> "MatchRecord":
        return cls(
            corpus_id=match.corpus_id,
            document_id=match.document_id,
            chunk_id=match.chunk_id,
            chunk_index=match.chunk_index,
            score=match.score,
            content=match.content,
            title=match.title,
            source_type=match.source_type,
            metadata=match.metadata,
            components=components_of(match.components),
        )


class LegRecord(Struct, kw_only=True):
    """`found` is how many chunks the leg put forward, `weight` how much its ranking counted."""

    found: int
    weight: float


class ChunkReportRecord(Struct, rename="camel", kw_only=True):
    """`terms` are those of the query that the chunk has, `missing` those that it has not."""

    chunk_id: ChunkId
    verdict: Verdict
    reason: str
    rank: int | None
    components: dict[str, ComponentRecord]
    terms: list[str]
    missing: list[str]

    @classmethod
    def of(cls, report: meaning.ChunkReport) -> "ChunkReportRecord":
        return cls(
            chunk_id=report.chunk_id,
            verdict=report.verdict,
            reason=report.reason,
            rank=report.rank,
            components=components_of(report.components),
            terms=list(report.terms),
            missing=list(report.missing),
        )


class SearchExplanationRecord(Struct, kw_only=True):
    """`corpora` is how many were searched, `terms` what of the query counts as words."""

    corpora: int
    terms: list[str]
    legs: dict[str, LegRecord]
    chunk: ChunkReportRecord | UnsetType = UNSET

    @classmethod
    def of(cls, explained: meaning.Explanation) -> "SearchExplanationRecord":
        return cls(
            corpora=explained.corpora,
            terms=list(explained.terms),
            legs={name: LegRecord(found=leg.found, weight=leg.weight) for name, leg in explained.legs.items()},
            chunk=UNSET if explained.chunk is None else ChunkReportRecord.of(explained.chunk),
        )


class KnowledgeAnswer(Struct, kw_only=True):
    """`warnings` are there only where there is something to warn of: corpora that could be searched by words alone."""

    query: str
    matches: list[MatchRecord]
    warnings: list[str] | UnsetType = UNSET
    explanation: SearchExplanationRecord | UnsetType = UNSET

    @classmethod
    def of(cls, query: str, findings: Findings, explained: meaning.Explanation | None = None) -> "KnowledgeAnswer":
        return cls(
            query=query,
            matches=[MatchRecord.of(match) for match in findings.matches],
            warnings=list(findings.warnings) or UNSET,
            explanation=UNSET if explained is None else SearchExplanationRecord.of(explained),
        )


def components_of(components: Mapping[str, Component]) -> dict[str, ComponentRecord]:
    return {name: ComponentRecord.of(component) for name, component in components.items()}
