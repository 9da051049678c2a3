"""Knowledge that is small and real, and a search that finds what it was told to find."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from application.ports.knowledge import Search
from domain.ids import ChunkId, CorpusId, DocumentId
from domain.knowledge.findings import Findings
from domain.knowledge.match import Match
from tests.fakes.in_memory_knowledge import InMemoryKnowledge

Answer = Sequence[Match] | Findings | Exception

FakeKnowledge = InMemoryKnowledge
"""Small enough to be its own fake."""


def a_match(chunk: int = 1, score: float = 0.5) -> Match:
    return Match(
        corpus_id=CorpusId(UUID(int=1)),
        document_id=DocumentId(UUID(int=2)),
        chunk_id=ChunkId(UUID(int=chunk)),
        chunk_index=chunk,
        score=score,
        content=f"chunk {chunk}",
        title="A document",
        source_type="inline",
    )


class FakeSearch:
    """Gives the prepared answers of a query in turn, the last one for ever; an exception is raised. Else nothing.

    `taking` is what happens during each search, for example time passing.
    """

    def __init__(
        self, answers: Mapping[str, Sequence[Answer]] | None = None, *, taking: Callable[[], None] = lambda: None
    ) -> None:
        self._answers = {query: list(prepared) for query, prepared in (answers or {}).items()}
        self._taking = taking
        self.asked: list[Search] = []

    @property
    def queries(self) -> list[str]:
        return [each.query for each in self.asked]

    async def search(self, wanted: Search) -> Findings:
        self.asked.append(wanted)
        self._taking()
        prepared = self._answers.get(wanted.query) or [[]]
        answer = prepared.pop(0) if len(prepared) > 1 else prepared[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Findings):
            return answer
        return Findings(matches=list(answer)[: wanted.top_k])


class MeetingSearch(FakeSearch):
    """Answers nobody until `parties` searches wait, and then in the order that `order` gives by query."""

    def __init__(
        self, answers: Mapping[str, Sequence[Answer]], *, parties: int, order: Sequence[str] | None = None
    ) -> None:
        super().__init__(answers)
        self._all_here = asyncio.Barrier(parties)
        self._order = order
        self._ended = {query: asyncio.Event() for query in order or ()}

    async def search(self, wanted: Search) -> Findings:
        await self._all_here.wait()
        if self._order is not None:
            for before in self._order[: self._order.index(wanted.query)]:
                await self._ended[before].wait()
            self._ended[wanted.query].set()
        return await super().search(wanted)
