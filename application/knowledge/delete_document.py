"""Remove a document."""

from dataclasses import dataclass

from application.ports.unit_of_work import BeginWork
from domain.ids import DocumentId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDocument:
    """Whatever its status; whoever works on it finds nothing to write to. Raise DocumentNotFound."""

    begin: BeginWork

    async def __call__(self, *, document_id: DocumentId, actor_id: UserId) -> None:
        async with self.begin() as work:
            await work.documents.get(document_id, actor_id)
            await work.documents.remove(document_id)
            await work.commit()
