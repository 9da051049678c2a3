"""Begin a corpus."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.unit_of_work import BeginWork
from domain.ids import CorpusId, ExecutionId, UserId, WorkflowId
from domain.knowledge.chunking import USUAL, Chunking
from domain.knowledge.corpus import Corpus
from domain.knowledge.scope import ScopeType
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCorpus:
    """What somebody says of a corpus that is to be."""

    name: str
    description: str = ""
    scope: ScopeType = ScopeType.USER
    workflow_id: WorkflowId | None = None
    execution_id: ExecutionId | None = None
    chunking: Chunking = USUAL
    metadata: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCorpus:
    """Raise Invalid for a scope without its id, WorkflowNotFound or ExecutionNotFound for ids that are not the
    caller's."""

    begin: BeginWork
    clock: Clock
    ids: IdGenerator

    async def __call__(self, *, owner_id: UserId, wanted: NewCorpus) -> CorpusId:
        now = self.clock.now()
        corpus = Corpus(
            id=self.ids.corpus(),
            owner_id=owner_id,
            name=wanted.name.strip(),
            description=wanted.description,
            scope=wanted.scope,
            workflow_id=wanted.workflow_id,
            execution_id=wanted.execution_id,
            chunking=wanted.chunking,
            metadata=wanted.metadata,
            created_at=now,
            updated_at=now,
        )
        corpus.expect_a_place()
        corpus.chunking.expect_sense()
        async with self.begin() as work:
            if corpus.workflow_id is not None:
                await work.workflows.get(corpus.workflow_id, owner_id)
            if corpus.execution_id is not None:
                await work.executions.get(corpus.execution_id, owner_id)
            await work.corpora.add(corpus)
            await work.commit()
        return corpus.id
