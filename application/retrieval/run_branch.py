"""One branch with its attempts."""

import asyncio
from dataclasses import dataclass

from application.nodes.node import NodeContext
from application.ports.knowledge import Search
from application.retrieval.branch import Branch, Look, Outcome
from application.retrieval.budget import Spending
from domain.errors import DomainError
from domain.executions.redaction import redacted
from domain.executions.retrieval import RetrievalEvent, RetrievalStatus, Strategy
from domain.executions.step import shortened
from domain.knowledge.findings import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBranch:
    """Ask until enough is found: again after errors, else with the next query; what found too little is not asked
    twice. An attempt that the budget refuses ends the branch.
    """

    seen: NodeContext
    spending: Spending
    strategy: Strategy

    async def __call__(self, branch: Branch) -> Outcome:
        looks: list[Look] = []
        for position, query in enumerate(branch.queries):
            tries = 1 if position else 1 + branch.max_retries
            looks += await self._asked(branch, query, tries)
            if looks[-1].is_refused or looks[-1].event.status is RetrievalStatus.SUCCESS:
                break
        return Outcome(branch=branch, looks=tuple(looks))

    async def _asked(self, branch: Branch, query: str, tries: int) -> list[Look]:
        looks: list[Look] = []
        for attempt in range(1, tries + 1):
            if looks and branch.retry_delay_ms:
                await self.seen.clock.sleep(branch.retry_delay_ms / 1000)
            looks.append(await self._look(branch, query, attempt, tries))
            if looks[-1].is_refused or looks[-1].event.status is not RetrievalStatus.FAILED:
                break
        return looks

    async def _look(self, branch: Branch, query: str, attempt: int, tries: int) -> Look:
        refusal = await self.spending.reserve()
        if refusal is not None:
            event = self._event(branch, query, attempt, tries, RetrievalStatus.FAILED, error=refusal)
            return Look(event=event, is_refused=True)
        begun = self.seen.clock.monotonic()
        status, spent = RetrievalStatus.FAILED, 0
        try:
            found, error = await self._found(branch, query)
            if error is None:
                enough = len(found.matches) >= branch.min_matches
                status = RetrievalStatus.SUCCESS if enough else RetrievalStatus.EMPTY
        finally:
            spent = max(0, round((self.seen.clock.monotonic() - begun) * 1000))
            self.spending.settle(status, spent)
        event = self._event(branch, query, attempt, tries, status, len(found.matches), spent, error)
        return Look(event=event, matches=tuple(found.matches), warnings=tuple(found.warnings))

    async def _found(self, branch: Branch, query: str) -> tuple[Findings, str | None]:
        """What is there that scores high enough, or why nothing could be found."""
        wanted = Search(
            owner_id=self.seen.owner_id, query=query, top_k=branch.top_k, scope=branch.scope, mode=branch.mode
        )
        try:
            async with asyncio.timeout(self.spending.seconds_left):
                found = await self.seen.search.search(wanted)
        except TimeoutError:
            return Findings(), "The search took longer than what is left of the run's retrieval budget"
        except DomainError as refused:
            return Findings(), shortened(redacted(str(refused)))
        except Exception as crash:
            self.seen.log.write("error", "a search crashed", nodeId=self.seen.node_id, error=type(crash).__name__)
            return Findings(), f"The search crashed: {type(crash).__name__}"
        floor = branch.min_score
        enough = [each for each in found.matches if floor is None or each.score >= floor]
        return Findings(matches=enough, warnings=[shortened(redacted(each)) for each in found.warnings]), None

    def _event(
        self,
        branch: Branch,
        query: str,
        attempt: int,
        tries: int,
        status: RetrievalStatus,
        found: int = 0,
        duration_ms: int = 0,
        error: str | None = None,
    ) -> RetrievalEvent:
        return RetrievalEvent(
            query=query,
            top_k=branch.top_k,
            attempt=attempt,
            max_attempts=tries,
            status=status,
            matches_count=found,
            duration_ms=duration_ms,
            error=error,
            scope=branch.scope,
            strategy=self.strategy,
            retriever_key=branch.key,
            branch_index=branch.index,
            selected=None,
            created_at=self.seen.clock.now(),
        )
