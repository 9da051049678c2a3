"""Parameters may only name what is there and belongs to whoever names it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from application.ports.unit_of_work import BeginWork, UnitOfWork
from domain.errors import Fault, Invalid
from domain.executions.errors import ExecutionNotFound
from domain.ids import CorpusId, ExecutionId, UserId, WorkflowId
from domain.knowledge.errors import CorpusNotFound
from domain.templates.parameters import THIS, TemplateParameters
from domain.templates.read_parameters import WHERE
from domain.workflows.errors import WorkflowNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseUnknown:
    """Raise Invalid with one fault for each id that is nobody's or somebody else's."""

    begin: BeginWork

    async def __call__(self, given: TemplateParameters, *, actor_id: UserId) -> None:
        async with self.begin() as work:
            faults = [fault async for fault in _unknown_ids(given, actor_id, work)]
        if faults:
            raise Invalid(faults=faults)


async def _unknown_ids(given: TemplateParameters, actor_id: UserId, work: UnitOfWork) -> AsyncIterator[Fault]:
    if given.corpus_id is not None:
        try:
            await work.corpora.get(CorpusId(UUID(given.corpus_id)), actor_id)
        except CorpusNotFound as absent:
            yield _unknown("corpusId", str(absent))
    if given.workflow_id not in (None, THIS):
        try:
            await work.workflows.get(WorkflowId(UUID(given.workflow_id)), actor_id)
        except WorkflowNotFound as absent:
            yield _unknown("workflowId", str(absent))
    if given.execution_id not in (None, THIS):
        try:
            await work.executions.get(ExecutionId(UUID(given.execution_id)), actor_id)
        except ExecutionNotFound as absent:
            yield _unknown("executionId", str(absent))


def _unknown(name: str, message: str) -> Fault:
    return Fault((WHERE, name), "not_found", message)
