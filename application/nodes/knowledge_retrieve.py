"""Looks something up in the knowledge of the workflow's owner."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.knowledge_ingest import ACTIVE_CORPUS
from application.nodes.knowledge_query import KnowledgeQuery, read_queries, rendered
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from application.retrieval.adaptive import adaptive, misnamed, preferred_key
from application.retrieval.best_score import best_score
from application.retrieval.branch import Branch, Outcome
from application.retrieval.budget import Spending
from application.retrieval.first_non_empty import first_non_empty
from application.retrieval.merge import merge
from application.retrieval.retriever import HIGHEST_TOP_K, LONGEST_QUERY, USUAL_TOP_K
from application.retrieval.run_branch import RunBranch
from application.retrieval.run_branches import run_branches
from application.retrieval.scoping import effective_scope, read_scope
from application.retrieval.selection import Selection, recorded, too_little
from application.retrieval.single import single
from application.retrieval.telling import orchestration, told_result, warnings
from domain.executions.context import ContextPatch
from domain.executions.retrieval import Strategy
from domain.ids import CorpusId
from domain.knowledge.scope import Scope
from domain.values.identifiers import uuid_of
from domain.values.json import Json, JsonObject
from domain.values.timestamps import timestamp

PRIMARY_KEY: Final = "_knowledge"
"""Where other nodes look for what was retrieved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeRetrieve:
    """Asks all retrievers, at once if `speculative`, and makes one result of what they find.

    A retriever whose query is blank or finds nothing goes on to the fallback query; a template whose placeholders are
    all blank is a blank query, whatever stands around them. Without a corpus in the config,
    the one that this run filled first is searched, if it filled any. Too little, or an error, is a warning in the
    output unless the config says that it fails the node.
    """

    type: ClassVar[str] = "knowledge-retrieve"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = False

    queries: tuple[KnowledgeQuery, ...]
    fallback_template: str
    strategy: Strategy
    is_speculative: bool
    preference_key: str
    top_k: int
    min_matches: int
    fails_on_empty: bool
    fails_on_error: bool
    scope: Scope
    output_key: str
    is_primary: bool

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        output_key = fields.text("outputKey", default=PRIMARY_KEY).strip()
        top_k = fields.whole("topK", default=USUAL_TOP_K, lowest=1, highest=HIGHEST_TOP_K)
        return cls(
            queries=read_queries(fields, top_k),
            fallback_template=fields.text("fallbackQueryTemplate"),
            strategy=fields.choice("strategy", Strategy, default=Strategy.SINGLE),
            is_speculative=fields.flag("speculative", default=False),
            preference_key=fields.text("preferredRetrieverMemoryKey", default="routing.preferredRetriever").strip(),
            top_k=top_k,
            min_matches=fields.whole("minMatches", default=0, lowest=0, highest=HIGHEST_TOP_K),
            fails_on_empty=fields.flag("failOnEmpty", default=False),
            fails_on_error=fields.flag("failOnError", default=False),
            scope=read_scope(fields, suffix="Scope"),
            output_key=output_key,
            is_primary=fields.flag("setAsPrimary", default=output_key == PRIMARY_KEY),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        branches = self._branches(received, context)
        asking = [branch for branch in branches if branch.queries]
        blank = [f'The query of retriever "{branch.key}" is blank' for branch in branches if not branch.queries]
        if blank and self.fails_on_error:
            raise NodeFailed(blank[0])
        spending = Spending(context.retrieval)
        outcomes = await run_branches(
            asking,
            RunBranch(seen=context, spending=spending, strategy=self.strategy),
            at_once=self.is_speculative,
            until=lambda outcome: self.fails_on_error and outcome.error is not None,
        )
        result = self._selected(outcomes, context)
        spent = ContextPatch(retrieval=spending.budget)
        if (complaint := self._complaint(outcomes, result)) is not None:
            raise NodeFailed(complaint, retrievals=recorded(outcomes, None), patch=spent)
        told = told_result(
            result,
            orchestration(self.strategy, asking, outcomes, result, at_once=self.is_speculative),
            [*self._misled(branches, context), *blank, *warnings(outcomes, result.shortfall)],
        )
        primary: JsonObject = {PRIMARY_KEY: told} if self.is_primary else {}
        return NodeOutput.adding(
            received,
            {**primary, self.output_key: told, "_knowledgeBranches": _told_branches(branches, outcomes)},
            patch=replace(spent, knowledge={f"retrieval.{context.node_id}": self._kept(asking, result, context)}),
            retrievals=recorded(outcomes, result),
        )

    def _branches(self, received: JsonObject, context: NodeContext) -> Sequence[Branch]:
        scope = self._scope(context)
        data = context.readable(received)
        fallback = rendered(self.fallback_template, data)
        return [
            Branch(
                index=index,
                key=query.key,
                mode=query.mode,
                queries=_distinct_queries(query.text(data), fallback),
                top_k=query.top_k,
                scope=scope,
                fails_on_error=self.fails_on_error,
            )
            for index, query in enumerate(self.queries, 1)
        ]

    def _scope(self, context: NodeContext) -> Scope:
        scope = effective_scope(self.scope, workflow_id=context.workflow_id, execution_id=context.execution_id)
        active = context.memory.get(ACTIVE_CORPUS)
        if scope.corpus_id is not None or active is None or active == "":
            return scope
        corpus_id = uuid_of(active)
        if corpus_id is None:
            raise NodeFailed(f'"{ACTIVE_CORPUS}" in the memory of the run is not the id of a corpus')
        return replace(scope, corpus_id=CorpusId(corpus_id))

    def _misled(self, branches: Sequence[Branch], context: NodeContext) -> list[str]:
        if self.strategy is not Strategy.ADAPTIVE:
            return []
        remark = misnamed(context.memory, self.preference_key, branches)
        return [] if remark is None else [remark]

    def _selected(self, outcomes: Sequence[Outcome], context: NodeContext) -> Selection:
        if not outcomes:
            result = Selection(top_k=self.top_k)
        elif self.strategy is Strategy.MERGE:
            result = merge(outcomes, top_k=outcomes[0].branch.top_k, min_matches=self.min_matches, key="merged")
        elif self.strategy is Strategy.BEST_SCORE:
            result = best_score(outcomes, counting=False)
        elif self.strategy is Strategy.ADAPTIVE:
            result = adaptive(outcomes, preferred_key(context.memory, self.preference_key))
        else:
            result = single(outcomes) if self.strategy is Strategy.SINGLE else first_non_empty(outcomes)
        found = len(result.matches)
        is_enough = found >= self.min_matches
        return replace(
            result, shortfall=None if is_enough else too_little(outcomes, found=found, wanted=self.min_matches)
        )

    def _complaint(self, outcomes: Sequence[Outcome], result: Selection) -> str | None:
        """Why the node fails, or None."""
        error = next((f'Retriever "{each.branch.key}" failed: {each.error}' for each in outcomes if each.error), None)
        if error is not None and self.fails_on_error:
            return error
        if not self.fails_on_empty:
            return None
        return result.shortfall or (None if result.matches else too_little(outcomes, found=0, wanted=1))

    def _kept(self, asking: Sequence[Branch], result: Selection, context: NodeContext) -> JsonObject:
        return {
            "strategy": self.strategy.value,
            "selectedRetrieverKey": result.key,
            "branchCount": len(asking),
            "matchesCount": len(result.matches),
            "timestamp": timestamp(context.clock.now()),
        }


def _distinct_queries(*queries: str) -> tuple[str, ...]:
    """Those that say something, cut to what a search takes."""
    return tuple(dict.fromkeys(each[:LONGEST_QUERY] for each in queries if each))


def _told_branches(branches: Sequence[Branch], outcomes: Sequence[Outcome]) -> list[Json]:
    """All branches, also those that had nothing to ask."""
    became = {outcome.branch.index: outcome for outcome in outcomes}
    return [_told_branch(branch, became.get(branch.index)) for branch in branches]


def _told_branch(branch: Branch, outcome: Outcome | None) -> JsonObject:
    return {
        "key": branch.key,
        "query": "" if outcome is None else outcome.query,
        "topK": branch.top_k,
        "matchesCount": 0 if outcome is None else len(outcome.matches),
        "error": "The query is blank" if outcome is None else outcome.error,
    }
