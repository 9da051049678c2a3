"""What people see of their corpora and documents: reads shaped for the wire, one round trip each."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import msgspec

from application.ports.read_models import Page, Paging
from domain.ids import CorpusId, DocumentId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusFilter:
    """None lets everything through; what is given must all be equal."""

    scope_type: str | None = None
    workflow_id: UUID | None = None
    execution_id: UUID | None = None


class KnowledgeReads(Protocol):
    """Records are JSON objects with the fields of a Corpus, Document or Chunk on the wire. A corpus is `ingesting`
    while any of its documents is pending or processing, else `ready`."""

    async def corpora(self, owner_id: UserId, chosen: CorpusFilter, paging: Paging) -> Page:
        """Latest change first; equal times by id."""

    async def corpus(self, corpus_id: CorpusId, owner_id: UserId) -> msgspec.Raw:
        """With `documentCounts`, by status. Raise CorpusNotFound when absent or not owned by `owner_id`."""

    async def documents(self, corpus_id: CorpusId, owner_id: UserId, paging: Paging) -> Page:
        """Latest change first; equal times by id. Raise CorpusNotFound as `corpus` does."""

    async def document(self, document_id: DocumentId, owner_id: UserId) -> msgspec.Raw:
        """Raise DocumentNotFound when absent or not owned by `owner_id`."""

    async def chunks(self, document_id: DocumentId, owner_id: UserId, paging: Paging) -> Page:
        """What can be found of a document, in its order. Raise DocumentNotFound as `document` does."""
