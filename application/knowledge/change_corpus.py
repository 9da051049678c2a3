"""Rename a corpus, describe it anew, or have the documents to come cut in another way."""

from dataclasses import dataclass, replace

from application.ports.clock import Clock
from application.ports.unit_of_work import BeginWork
from domain.ids import CorpusId, UserId
from domain.knowledge.chunking import Chunking
from domain.knowledge.corpus import Corpus
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusChanges:
    """None leaves as it is."""

    name: str | None = None
    description: str | None = None
    metadata: JsonObject | None = None
    chunking: Chunking | None = None

    def made_to(self, corpus: Corpus) -> Corpus:
        return replace(
            corpus,
            name=corpus.name if self.name is None else self.name.strip(),
            description=corpus.description if self.description is None else self.description,
            metadata=corpus.metadata if self.metadata is None else self.metadata,
            chunking=self.chunking or corpus.chunking,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCorpus:
    """Documents that are there stay cut as they are. Raise CorpusNotFound, Invalid."""

    begin: BeginWork
    clock: Clock

    async def __call__(self, *, corpus_id: CorpusId, actor_id: UserId, changes: CorpusChanges) -> None:
        if changes.chunking is not None:
            changes.chunking.expect_sense()
        async with self.begin() as work:
            corpus = await work.corpora.get_to_change(corpus_id, actor_id)
            await work.corpora.save(replace(changes.made_to(corpus), updated_at=self.clock.now()))
            await work.commit()
