"""Corpora are known to whoever owns them, and to nobody else."""

from uuid import uuid4

from adapters.memory.in_memory_knowledge import InMemoryKnowledge
from application.ports.knowledge import Ingestion, NewText
from application.ports.known_corpora import KnownCorpora
from domain.ids import CorpusId, ExecutionId, UserId, WorkflowId


async def test_a_corpus_is_there_for_its_owner_alone() -> None:
    knowledge = InMemoryKnowledge()
    known: KnownCorpora = knowledge
    ada, grace = UserId(uuid4()), UserId(uuid4())
    ingestion = Ingestion(
        owner_id=ada,
        workflow_id=WorkflowId(uuid4()),
        execution_id=ExecutionId(uuid4()),
        texts=[NewText(title="Tides", text="Tides follow the moon.")],
    )
    (kept,) = await knowledge.ingest(ingestion)
    assert await known.is_there(kept.corpus_id, ada)
    assert not await known.is_there(kept.corpus_id, grace)
    assert not await known.is_there(CorpusId(uuid4()), ada)
