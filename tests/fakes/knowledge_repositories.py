"""Corpora and documents over rows in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from application.ports.chunk_index import NewChunk
from application.ports.document_repository import Kept
from domain.accounts.errors import UserNotFound
from domain.executions.errors import ExecutionNotFound
from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.corpus import Corpus
from domain.knowledge.document import Document, DocumentStatus
from domain.knowledge.errors import CorpusNotFound, DocumentNotFound, SameContent
from domain.knowledge.scope import ScopeType
from domain.workflows.errors import WorkflowNotFound

if TYPE_CHECKING:
    from tests.fakes.store import Rows


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """A document with all that stores keep beside it; chunks by their index. `searched` is what it said before, while
    its chunks are still of that."""

    document: Document
    searched: Document | None = None
    due_at: datetime
    lease_expires_at: datetime | None = None
    postponed: int = 0
    chunks_total: int | None = None
    staged: Mapping[int, NewChunk] = field(default_factory=dict)
    published: Mapping[int, NewChunk] = field(default_factory=dict)


class FakeCorpusRepository:
    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add(self, corpus: Corpus) -> None:
        if corpus.owner_id not in self._rows.users:
            raise UserNotFound
        if corpus.workflow_id is not None and corpus.workflow_id not in self._rows.workflows:
            raise WorkflowNotFound
        if corpus.execution_id is not None and corpus.execution_id not in self._rows.executions:
            raise ExecutionNotFound
        self._rows.corpora[corpus.id] = corpus

    async def add_for_runs(self, corpus: Corpus) -> CorpusId:
        there = [each for each in self._rows.corpora.values() if self._is_in_same_place(each, corpus)]
        if there:
            by_hand = self._rows.corpora_for_runs
            return min(there, key=lambda each: (each.id not in by_hand, each.created_at, each.id)).id
        await self.add(corpus)
        self._rows.corpora_for_runs[corpus.id] = True
        return corpus.id

    async def get(self, corpus_id: CorpusId, owner_id: UserId) -> Corpus:
        found = self._rows.corpora.get(corpus_id)
        if found is None or found.owner_id != owner_id:
            raise CorpusNotFound
        return found

    async def get_to_change(self, corpus_id: CorpusId, owner_id: UserId) -> Corpus:
        return await self.get(corpus_id, owner_id)

    async def save(self, corpus: Corpus) -> None:
        if corpus.id in self._rows.corpora:
            self._rows.corpora[corpus.id] = corpus

    async def remove(self, corpus_id: CorpusId) -> None:
        self._rows.forget_corpus(corpus_id)

    def _is_in_same_place(self, one: Corpus, other: Corpus) -> bool:
        if (one.owner_id, one.scope) != (other.owner_id, other.scope):
            return False
        if one.scope is ScopeType.WORKFLOW:
            return one.workflow_id == other.workflow_id
        if one.scope is ScopeType.EXECUTION:
            return one.execution_id == other.execution_id
        return one.id in self._rows.corpora_for_runs


class FakeDocumentRepository:
    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add(self, document: Document, *, allows_duplicate: bool = False) -> Kept:
        corpus = self._rows.corpora.get(document.corpus_id)
        if corpus is None or corpus.owner_id != document.owner_id:
            raise CorpusNotFound
        known = self._twin(document)
        if known is not None and not allows_duplicate:
            return Kept(document_id=known.id, status=known.status, is_known=True)
        self._rows.documents[document.id] = DocumentRow(document=document, due_at=document.created_at)
        return Kept(document_id=document.id, status=document.status)

    async def get(self, document_id: DocumentId, owner_id: UserId) -> Document:
        found = self._rows.documents.get(document_id)
        if found is None or found.document.owner_id != owner_id:
            raise DocumentNotFound
        return found.document

    async def save(self, document: Document, *, allows_duplicate: bool = False) -> None:
        was = self._rows.documents[document.id]
        is_another_text = was.document.content_hash != document.content_hash
        if is_another_text and not allows_duplicate and self._twin(document) is not None:
            raise SameContent
        self._rows.documents[document.id] = replace(
            was,
            document=document,
            searched=was.document if was.document.status is DocumentStatus.READY else was.searched,
            due_at=document.updated_at,
            lease_expires_at=None,
            postponed=0,
            chunks_total=None,
            staged={},
        )

    async def remove(self, document_id: DocumentId) -> None:
        self._rows.documents.pop(document_id, None)

    def _twin(self, document: Document) -> Document | None:
        """The oldest other one that has the same text in the same corpus."""
        twins = [
            each.document
            for each in self._rows.documents.values()
            if each.document.id != document.id
            and each.document.corpus_id == document.corpus_id
            and each.document.content_hash == document.content_hash
        ]
        return min(twins, key=lambda each: (each.created_at, each.id), default=None)
