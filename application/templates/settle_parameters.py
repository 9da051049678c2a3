"""What parameters come to, once it is known what is there and whose it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

from application.ports.unit_of_work import BeginWork, UnitOfWork
from domain.errors import Fault, Invalid
from domain.executions.errors import ExecutionNotFound
from domain.ids import CorpusId, ExecutionId, UserId, WorkflowId
from domain.knowledge.corpus import Corpus
from domain.knowledge.errors import CorpusNotFound, CorpusOutOfScope
from domain.knowledge.scope import Scope, ScopeType
from domain.templates.parameters import THIS, TemplateParameters
from domain.templates.read_parameters import WHERE
from domain.workflows.errors import WorkflowNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleParameters:
    """A corpus and a scope that exclude each other would take documents in and never find them again.

    So a corpus of a workflow or a run decides alone where the scope is `user`, which editors send without being asked.
    Raise Invalid with one fault for each id that is nobody's or somebody else's, and for a corpus that is outside the
    scope of a workflow or a run.
    """

    begin: BeginWork

    async def __call__(self, given: TemplateParameters, *, actor_id: UserId) -> TemplateParameters:
        async with self.begin() as work:
            corpus = await _corpus(given, actor_id, work)
            faults = [fault async for fault in _unknown_ids(given, corpus, actor_id, work)]
        if faults:
            raise Invalid(faults=faults)
        if corpus is None or corpus.is_within(_scope(given)):
            return given
        if given.scope_type is not ScopeType.USER:
            raise Invalid(faults=[Fault((WHERE, "corpusId"), "out_of_scope", str(CorpusOutOfScope()))])
        return replace(given, scope_type=None)


async def _corpus(given: TemplateParameters, actor_id: UserId, work: UnitOfWork) -> Corpus | None:
    if given.corpus_id is None:
        return None
    try:
        return await work.corpora.get(CorpusId(UUID(given.corpus_id)), actor_id)
    except CorpusNotFound:
        return None


async def _unknown_ids(
    given: TemplateParameters, corpus: Corpus | None, actor_id: UserId, work: UnitOfWork
) -> AsyncIterator[Fault]:
    if given.corpus_id is not None and corpus is None:
        yield _unknown("corpusId", str(CorpusNotFound()))
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


def _scope(given: TemplateParameters) -> Scope:
    """The new workflow and its runs have no id yet, and no corpus is theirs already."""
    workflow_id, execution_id = (
        None if each in (None, THIS) else UUID(each) for each in (given.workflow_id, given.execution_id)
    )
    return Scope(
        type=given.scope_type,
        workflow_id=None if workflow_id is None else WorkflowId(workflow_id),
        execution_id=None if execution_id is None else ExecutionId(execution_id),
    )
