"""Keeps corpora."""

from typing import Protocol

from domain.ids import CorpusId, UserId
from domain.knowledge.corpus import Corpus


class CorpusRepository(Protocol):
    """Every read is scoped to an owner."""

    async def add(self, corpus: Corpus) -> None:
        """Raise UserNotFound, WorkflowNotFound or ExecutionNotFound when what it belongs to does not exist."""

    async def get(self, corpus_id: CorpusId, owner_id: UserId) -> Corpus:
        """Raise CorpusNotFound when absent or not owned by `owner_id`."""

    async def get_to_change(self, corpus_id: CorpusId, owner_id: UserId) -> Corpus:
        """As `get`, locked until the unit of work ends."""

    async def add_for_runs(self, corpus: Corpus) -> CorpusId:
        """Keep it unless there is one for the same type, workflow and run of this owner, and return which it is.

        One that was made for runs counts first, then the oldest that was not; of the type user only the former. Two
        at once get the same. Raise as `add` does.
        """

    async def save(self, corpus: Corpus) -> None:
        """Absent is fine."""

    async def remove(self, corpus_id: CorpusId) -> None:
        """With its documents and their chunks. Absent is fine."""
