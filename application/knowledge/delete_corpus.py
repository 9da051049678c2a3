"""Remove a corpus."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.ids import CorpusId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCorpus:
    """With all its documents, also those that are being worked on. Raise CorpusNotFound."""

    begin: BeginWork

    async def __call__(self, *, corpus_id: CorpusId, actor_id: UserId) -> None:
        async with self.begin() as work:
            await work.corpora.get_to_change(corpus_id, actor_id)
            await work.corpora.remove(corpus_id)
            await work.commit()
