"""Keeps documents, as far as people bring, change and remove them. What workers write goes through the journal."""

from dataclasses import dataclass
from typing import Protocol

from domain.ids import DocumentId, UserId
from domain.knowledge.document import Document, DocumentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`is_known` when the corpus held the same text before: then this is the document that was there."""

    document_id: DocumentId
    status: DocumentStatus
    is_known: bool = False


class DocumentRepository(Protocol):
    """Every read is scoped to an owner."""

    async def add(self, document: Document, *, allows_duplicate: bool = False) -> Kept:
        """Keep it, unless its corpus holds the same text already and no duplicate is allowed.

        A text is held for as long as any document has it, and the oldest of these is the one that is known. Of two
        equal ones that come at once the second waits for the first and finds it there. Raise CorpusNotFound when the
        corpus is absent or not owned by the document's owner.
        """

    async def get(self, document_id: DocumentId, owner_id: UserId) -> Document:
        """Lock it against workers and other callers until the unit of work ends.

        Raise DocumentNotFound when absent or not owned by `owner_id`.
        """

    async def save(self, document: Document, *, allows_duplicate: bool = False) -> None:
        """Free it from whoever works on it and forget what was staged.

        What is searched of it stays, and so does what it said then, until its new chunks are published: its title,
        kind and metadata for searches. `get` answers what was saved.

        Raise SameContent when it gets a text that another document of its corpus has and no duplicate is allowed.
        """

    async def remove(self, document_id: DocumentId) -> None:
        """With its chunks. Absent is fine."""
