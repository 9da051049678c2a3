"""Old runs in memory."""

from dataclasses import replace
from datetime import datetime

from domain.executions.execution import Execution
from domain.knowledge.scope import ScopeType
from tests.fakes.store import FakeStore


class FakeOldRuns:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    async def remove(self, *, ended_before: datetime, limit: int) -> int:
        rows = self._store.rows

        def age(run: Execution) -> datetime:
            assert run.finished_at is not None
            return run.finished_at

        old = [each for each in rows.executions.values() if each.finished_at and each.finished_at < ended_before]
        for run in sorted(old, key=age)[:limit]:
            for corpus in [each for each in rows.corpora.values() if each.execution_id == run.id]:
                if corpus.scope is not ScopeType.EXECUTION:
                    rows.corpora[corpus.id] = replace(corpus, execution_id=None)
            rows.forget_execution(run.id)
        return len(old[:limit])
