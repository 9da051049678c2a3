"""Corpora in rows."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres.constraints import translated_refusals
from adapters.postgres.documents import decoded, encoded
from adapters.postgres.tables.knowledge import knowledge_corpora as corpora
from adapters.postgres.texts import storable
from domain.ids import CorpusId, ExecutionId, UserId, WorkflowId
from domain.knowledge.chunking import Chunking, ChunkingStrategy
from domain.knowledge.corpus import Corpus
from domain.knowledge.errors import CorpusNotFound
from domain.knowledge.scope import ScopeType

HOLD_DOCUMENTS: Final = text("""
SELECT count(*) FROM (SELECT FROM knowledge_documents WHERE corpus_id = :corpus_id ORDER BY id FOR UPDATE) AS held
""")
"""In the order in which workers take them; whoever removed them in another one could wait for workers in a ring."""


class PostgresCorpusRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, corpus: Corpus) -> None:
        with translated_refusals():
            await self._connection.execute(insert(corpora), _as_row(corpus))

    async def add_for_runs(self, corpus: Corpus) -> CorpusId:
        if (there := await self._for_runs(corpus)) is not None:
            return there
        made = insert_or(corpora).values(**_as_row(corpus), is_made_by_runs=True).on_conflict_do_nothing()
        with translated_refusals():
            await self._connection.execute(made)
        there = await self._for_runs(corpus)
        assert there is not None
        return there

    async def get(self, corpus_id: CorpusId, owner_id: UserId) -> Corpus:
        return await self._one(select(corpora).where(_owned(corpus_id, owner_id)))

    async def get_to_change(self, corpus_id: CorpusId, owner_id: UserId) -> Corpus:
        return await self._one(select(corpora).where(_owned(corpus_id, owner_id)).with_for_update())

    async def save(self, corpus: Corpus) -> None:
        await self._connection.execute(update(corpora).where(corpora.c.id == corpus.id).values(**_as_row(corpus)))

    async def remove(self, corpus_id: CorpusId) -> None:
        await self._connection.execute(HOLD_DOCUMENTS, {"corpus_id": corpus_id})
        await self._connection.execute(delete(corpora).where(corpora.c.id == corpus_id))

    async def _for_runs(self, corpus: Corpus) -> CorpusId | None:
        wanted = select(corpora.c.id).where(corpora.c.user_id == corpus.owner_id, _same_place(corpus))
        first = wanted.order_by(corpora.c.is_made_by_runs.desc(), corpora.c.created_at, corpora.c.id).limit(1)
        found = (await self._connection.execute(first)).scalar_one_or_none()
        return None if found is None else CorpusId(found)

    async def _one(self, statement: Any) -> Corpus:
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise CorpusNotFound
        return _from_row(row)


def _owned(corpus_id: CorpusId, owner_id: UserId) -> ColumnElement[bool]:
    return and_(corpora.c.id == corpus_id, corpora.c.user_id == owner_id)


def _same_place(corpus: Corpus) -> ColumnElement[bool]:
    is_of_type = corpora.c.scope_type == corpus.scope.value
    if corpus.scope is ScopeType.WORKFLOW:
        return and_(is_of_type, corpora.c.workflow_id == corpus.workflow_id)
    if corpus.scope is ScopeType.EXECUTION:
        return and_(is_of_type, corpora.c.execution_id == corpus.execution_id)
    return and_(is_of_type, corpora.c.is_made_by_runs)


def _as_row(corpus: Corpus) -> dict[str, object]:
    return {
        "id": corpus.id,
        "user_id": corpus.owner_id,
        "name": storable(corpus.name),
        "description": storable(corpus.description),
        "scope_type": corpus.scope.value,
        "workflow_id": corpus.workflow_id,
        "execution_id": corpus.execution_id,
        "chunk_strategy": corpus.chunking.strategy.value,
        "chunk_size": corpus.chunking.size,
        "chunk_overlap": corpus.chunking.overlap,
        "metadata": encoded(corpus.metadata),
        "created_at": corpus.created_at,
        "updated_at": corpus.updated_at,
    }


def _from_row(row: Row[Any]) -> Corpus:
    return Corpus(
        id=CorpusId(row.id),
        owner_id=UserId(row.user_id),
        name=row.name,
        description=row.description,
        scope=ScopeType(row.scope_type),
        workflow_id=None if row.workflow_id is None else WorkflowId(row.workflow_id),
        execution_id=None if row.execution_id is None else ExecutionId(row.execution_id),
        chunking=Chunking(
            strategy=ChunkingStrategy(row.chunk_strategy), size=row.chunk_size, overlap=row.chunk_overlap
        ),
        metadata=decoded(row.metadata),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
