"""Which corpora there are."""

from typing import Protocol

from domain.ids import CorpusId, UserId


class KnownCorpora(Protocol):
    async def is_there(self, corpus_id: CorpusId, owner_id: UserId) -> bool:
        """Whether it exists and is owned by `owner_id`. Raise Unavailable when nobody can tell now."""
