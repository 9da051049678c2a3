"""Corpora that are only known by their ids."""

from domain.ids import CorpusId, UserId


class FakeKnownCorpora:
    def __init__(self) -> None:
        self.owners: dict[CorpusId, UserId] = {}

    async def is_there(self, corpus_id: CorpusId, owner_id: UserId) -> bool:
        return self.owners.get(corpus_id) == owner_id
