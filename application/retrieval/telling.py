"""How a result of retrieval is told, to nodes and to people."""

from collections.abc import Sequence

from application.retrieval.branch import Branch, Outcome
from application.retrieval.selection import Selection
from domain.executions.retrieval import Strategy
from domain.knowledge.match import Match
from domain.values.json import JsonObject


def orchestration(
    strategy: Strategy, branches: Sequence[Branch], outcomes: Sequence[Outcome], result: Selection, *, at_once: bool
) -> JsonObject:
    """Who was asked, in order, how each searched, and who was chosen."""
    chosen: JsonObject = {} if result.key is None else {"selectedRetrieverKey": result.key}
    return {
        "strategy": strategy.value,
        "speculative": at_once,
        "retrieversTried": [outcome.branch.key for outcome in outcomes],
        "modes": {outcome.branch.key: outcome.branch.mode.value for outcome in outcomes},
        **chosen,
        "branchCount": len(branches),
    }


def told_result(result: Selection, orchestrated: JsonObject, remarks: Sequence[str]) -> JsonObject:
    """What the node gets. `warnings` are there only when there is something to warn of."""
    return {
        "query": result.query,
        "topK": result.top_k,
        "matches": [match.described() for match in result.matches],
        "orchestration": orchestrated,
        **({"warnings": [*remarks]} if remarks else {}),
    }


def warnings(outcomes: Sequence[Outcome], shortfall: str | None) -> list[str]:
    """What went wrong although the result stands."""
    broken = [f'Retriever "{each.branch.key}" failed: {each.error}' for each in outcomes if each.error is not None]
    limited = [f'Retriever "{each.branch.key}": {limit}' for each in outcomes for limit in each.kept.warnings]
    return [*([] if shortfall is None else [shortfall]), *broken, *limited]


def brief_match(match: Match) -> JsonObject:
    """Without its content: what the run's context keeps."""
    return {
        "chunkId": str(match.chunk_id),
        "score": match.score,
        "corpusId": str(match.corpus_id),
        "documentId": str(match.document_id),
    }
