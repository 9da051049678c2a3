"""Retrieval before a node runs, whatever its type."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.nodes.node import NodeContext, NodeFailed
from application.retrieval.adaptive import misnamed, preferred_first, preferred_key
from application.retrieval.best_score import best_score
from application.retrieval.branch import Branch, Outcome
from application.retrieval.budget import Spending
from application.retrieval.first_non_empty import first_non_empty
from application.retrieval.merge import merge
from application.retrieval.read_retrieval import RetrievalPlan
from application.retrieval.run_branch import RunBranch
from application.retrieval.run_branches import run_branches
from application.retrieval.selection import Selection, recorded
from application.retrieval.single import single
from application.retrieval.telling import brief_match, orchestration, told_result, warnings
from domain.executions.context import ContextPatch
from domain.executions.retrieval import RetrievalEvent, Strategy
from domain.values.json import JsonObject
from domain.values.timestamps import timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """What a node gets under `inject_as` of its input, what the run's context gets, and the record."""

    inject_as: str
    value: JsonObject
    patch: ContextPatch
    events: tuple[RetrievalEvent, ...]


async def retrieve_before(plan: RetrievalPlan, received: JsonObject, seen: NodeContext) -> Retrieved:
    """Look up what `plan` asks for.

    Raise NodeFailed, with the record and what was spent, when too little was found and the plan says that fails.
    """
    branches = _branches(plan, received, seen)
    strategy = Strategy.SINGLE if len(branches) == 1 else plan.strategy
    spending = Spending(seen.retrieval)
    outcomes = await run_branches(
        branches[:1] if strategy is Strategy.SINGLE else branches,
        RunBranch(seen=seen, spending=spending, strategy=strategy),
        at_once=plan.is_speculative,
        until=lambda outcome: strategy in (Strategy.FIRST_NON_EMPTY, Strategy.ADAPTIVE) and outcome.is_found,
    )
    result = _selected(strategy, outcomes, plan)
    if result.shortfall is not None and _fails(strategy, outcomes, plan):
        spent = ContextPatch(retrieval=spending.budget)
        raise NodeFailed(result.shortfall, retrievals=recorded(outcomes, None), patch=spent)
    orchestrated = orchestration(strategy, branches, outcomes, result, at_once=plan.is_speculative)
    misled = misnamed(seen.memory, plan.preference_key, branches) if plan.strategy is Strategy.ADAPTIVE else None
    remarks = [*([] if misled is None else [misled]), *warnings(outcomes, result.shortfall)]
    value = told_result(result, orchestrated, remarks)
    matches: JsonObject = {"matches": [brief_match(match) for match in result.matches]}
    kept: JsonObject = {**value, **matches, "capturedAt": timestamp(seen.clock.now())}
    return Retrieved(
        inject_as=plan.inject_as,
        value=value,
        patch=ContextPatch(knowledge={f"retrieval.{seen.node_id}": kept}, retrieval=spending.budget),
        events=recorded(outcomes, result),
    )


def _branches(plan: RetrievalPlan, received: JsonObject, seen: NodeContext) -> Sequence[Branch]:
    """In the order of their turn, numbered in the order of the config; those with nothing to ask are left out."""
    rendered = [retriever.branch(0, received, seen) for retriever in plan.retrievers]
    asking = [branch for branch in rendered if branch.queries]
    branches = [replace(branch, index=index) for index, branch in enumerate(asking, 1)]
    if not branches:
        raise NodeFailed("Retrieval has nothing to ask: no retriever has a query")
    if plan.strategy is not Strategy.ADAPTIVE:
        return branches
    return preferred_first(branches, preferred_key(seen.memory, plan.preference_key))


def _selected(strategy: Strategy, outcomes: Sequence[Outcome], plan: RetrievalPlan) -> Selection:
    match strategy:
        case Strategy.SINGLE:
            return single(outcomes)
        case Strategy.MERGE:
            return merge(outcomes, top_k=plan.base.top_k, min_matches=plan.base.min_matches, key=None)
        case Strategy.BEST_SCORE:
            return best_score(outcomes, counting=True)
        case Strategy.FIRST_NON_EMPTY | Strategy.ADAPTIVE:
            return first_non_empty(outcomes)


def _fails(strategy: Strategy, outcomes: Sequence[Outcome], plan: RetrievalPlan) -> bool:
    """A single branch decides for itself."""
    return outcomes[0].branch.fails_on_error if strategy is Strategy.SINGLE else plan.base.fails_on_error
