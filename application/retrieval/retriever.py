"""One retriever as a `retrieval` config describes it."""

from dataclasses import dataclass, field
from typing import Final

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext
from application.ports.knowledge import SearchMode
from application.retrieval.branch import Branch
from application.retrieval.keys import usual_mode
from application.retrieval.scoping import effective_scope, read_scope
from domain.knowledge.scope import EVERYWHERE, Scope
from domain.values.coercion import trimmed
from domain.values.interpolation import interpolate_keeping
from domain.values.json import JsonObject

HIGHEST_TOP_K: Final = 50
USUAL_TOP_K: Final = 8
LONGEST_DELAY_MS: Final = 10_000
LONGEST_QUERY: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retriever:
    """Queries are templates: placeholders without a value stay as they are. `mode` is None where its name decides."""

    key: str = ""
    query: str = field(default="", repr=False)
    fallback_query: str = field(default="", repr=False)
    query_max_chars: int = 2000
    top_k: int = USUAL_TOP_K
    max_retries: int = 0
    retry_delay_ms: int = 0
    min_matches: int = 1
    min_score: float | None = None
    fails_on_error: bool = True
    scope: Scope = EVERYWHERE
    mode: SearchMode | None = None

    def branch(self, index: int, received: JsonObject, seen: NodeContext) -> Branch:
        """Ready to search; without queries when none of them says anything."""
        data = seen.readable(received)
        rendered = (self._rendered(template, data) for template in (self.query, self.fallback_query))
        return Branch(
            index=index,
            key=self.key,
            mode=self.mode or usual_mode(self.key),
            queries=tuple(dict.fromkeys(query for query in rendered if query)),
            top_k=self.top_k,
            scope=effective_scope(self.scope, workflow_id=seen.workflow_id, execution_id=seen.execution_id),
            min_matches=self.min_matches,
            min_score=self.min_score,
            max_retries=self.max_retries,
            retry_delay_ms=self.retry_delay_ms,
            fails_on_error=self.fails_on_error,
        )

    def _rendered(self, template: str, data: JsonObject) -> str:
        return trimmed(trimmed(interpolate_keeping(template, data))[: self.query_max_chars])


def read_retriever(fields: ConfigReader, base: Retriever, *, key: str = "") -> Retriever:
    """What is not given is as in `base`."""
    return Retriever(
        key=key,
        query=fields.text("queryTemplate") or fields.text("query") or base.query,
        fallback_query=fields.text("fallbackQueryTemplate") or fields.text("fallbackQuery") or base.fallback_query,
        query_max_chars=fields.whole("queryMaxChars", default=base.query_max_chars, lowest=1, highest=LONGEST_QUERY),
        top_k=fields.whole("topK", default=base.top_k, lowest=1, highest=HIGHEST_TOP_K),
        max_retries=fields.whole("maxRetries", default=base.max_retries, lowest=0, highest=5),
        retry_delay_ms=fields.whole("retryDelayMs", default=base.retry_delay_ms, lowest=0, highest=LONGEST_DELAY_MS),
        min_matches=fields.whole("minMatches", default=base.min_matches, lowest=0, highest=HIGHEST_TOP_K),
        min_score=_clamped(fields.optional_number("minScore", default=base.min_score)),
        fails_on_error=fields.flag("failOnError", default=base.fails_on_error),
        scope=read_scope(fields, base=base.scope),
        mode=fields.optional_choice("mode", SearchMode) or base.mode,
    )


def _clamped(score: float | None) -> float | None:
    return None if score is None else max(-1.0, min(1.0, score))
