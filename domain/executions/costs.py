"""What a visit cost, and what was looked up and used for it."""

from collections.abc import Iterable, Sequence

from domain.executions.explanation import Cost, Lookup, Tokens, UsedChunk, UsedKnowledge
from domain.executions.history import Visit
from domain.executions.retrieval import RetrievalEvent
from domain.executions.showing import LONGEST_NAME, LONGEST_VALUE, shown_text
from domain.values.json import Json, JsonObject, as_object

_READS_KNOWLEDGE = "llm"


def cost_of(visit: Visit) -> Cost:
    step = visit.step
    return Cost(
        duration_ms=step.duration_ms,
        attempts=len(step.attempts),
        retrieval_requests=len(step.retrievals),
        retrieval_ms=sum(each.duration_ms for each in step.retrievals),
        tokens=_tokens(step.output or {}),
    )


NO_COST = Cost(duration_ms=0, attempts=0, retrieval_requests=0, retrieval_ms=0)


def total(costs: Iterable[Cost]) -> Cost:
    """Models are named only where one answered everything."""
    every = list(costs)
    return Cost(
        duration_ms=sum(each.duration_ms for each in every),
        attempts=sum(each.attempts for each in every),
        retrieval_requests=sum(each.retrieval_requests for each in every),
        retrieval_ms=sum(each.retrieval_ms for each in every),
        tokens=_total_tokens([each.tokens for each in every if each.tokens is not None]),
    )


def lookup(event: RetrievalEvent) -> Lookup:
    return Lookup(
        query=shown_text(event.query),
        retriever_key=shown_text(event.retriever_key, most=LONGEST_NAME),
        strategy=event.strategy.value,
        attempt=event.attempt,
        max_attempts=event.max_attempts,
        status=event.status.value,
        matches=event.matches_count,
        selected=event.selected,
        duration_ms=event.duration_ms,
        error=None if event.error is None else shown_text(event.error),
    )


def used_knowledge(visit: Visit) -> UsedKnowledge | None:
    """What its prompt was made of, as the node itself says; else what was looked up for it and put into its input."""
    told = (visit.step.output or {}).get("knowledge")
    if isinstance(told, dict) and isinstance(used := told.get("used"), list):
        left_out = _whole(told.get("omitted"))
        return _knowledge(told, used, left_out, in_prompt=True)
    given = visit.step.input.get("_knowledge")
    reads = visit.step.node_type == _READS_KNOWLEDGE or bool(visit.step.retrievals)
    if not reads or not isinstance(given, dict) or not isinstance(matches := given.get("matches"), list):
        return None
    left_out = max(0, _whole(given.get("found")) - len(matches))
    return _knowledge(given, matches, left_out, in_prompt=False)


def _knowledge(told: JsonObject, chunks: Sequence[Json], left_out: int, *, in_prompt: bool) -> UsedKnowledge:
    return UsedKnowledge(
        query=_text(told.get("query")),
        chunks=[_chunk(as_object(each), number) for number, each in enumerate(chunks, 1)],
        omitted=left_out,
        in_prompt=in_prompt,
    )


def _chunk(told: JsonObject, place: int) -> UsedChunk:
    score = told.get("score")
    return UsedChunk(
        number=_whole(told.get("number")) or place,
        chunk_id=_text(told.get("chunkId")),
        document_id=_text(told.get("documentId")),
        title=_text(told.get("title")),
        score=float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None,
    )


def _tokens(output: JsonObject) -> Tokens | None:
    usage = output.get("usage")
    if not isinstance(usage, dict) or "totalTokens" not in usage:
        return None
    return Tokens(
        prompt=_whole(usage.get("promptTokens")),
        completion=_whole(usage.get("completionTokens")),
        total=_whole(usage.get("totalTokens")),
        model=_text(output.get("model")),
        provider=_text(output.get("provider")),
    )


def _total_tokens(counted: Sequence[Tokens]) -> Tokens | None:
    if not counted:
        return None
    models = {(each.model, each.provider) for each in counted}
    model, provider = models.pop() if len(models) == 1 else (None, None)
    return Tokens(
        prompt=sum(each.prompt for each in counted),
        completion=sum(each.completion for each in counted),
        total=sum(each.total for each in counted),
        model=model,
        provider=provider,
    )


def _text(value: Json) -> str | None:
    return shown_text(value, most=LONGEST_VALUE) if isinstance(value, str) else None


def _whole(value: Json) -> int:
    """A count that a node reported; what is none counts as nothing."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53
    return value if is_count and isinstance(value, int) else 0
