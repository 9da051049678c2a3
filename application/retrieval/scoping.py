"""Where a node looks for knowledge or keeps it: as its config says, with the current run's ids filled in."""

from dataclasses import replace

from application.nodes.config_reader import ConfigReader
from domain.ids import CorpusId, ExecutionId, WorkflowId
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType


def read_scope(fields: ConfigReader, *, suffix: str = "", base: Scope = EVERYWHERE) -> Scope:
    """What is not given is as in `base`. An id without a type says the type: a run's, else a workflow's.

    `suffix` is what the names of the two ids end in.
    """
    corpus_id = fields.identifier("corpusId")
    workflow_id = fields.identifier(f"workflowId{suffix}")
    execution_id = fields.identifier(f"executionId{suffix}")
    scope = Scope(
        corpus_id=base.corpus_id if corpus_id is None else CorpusId(corpus_id),
        type=fields.optional_choice("scopeType", ScopeType) or base.type,
        workflow_id=base.workflow_id if workflow_id is None else WorkflowId(workflow_id),
        execution_id=base.execution_id if execution_id is None else ExecutionId(execution_id),
    )
    return replace(scope, type=scope.type or _implied_type(scope))


def effective_scope(scope: Scope, *, workflow_id: WorkflowId, execution_id: ExecutionId) -> Scope:
    """The scope that is really meant in a run: ids that its type does not look at are dropped."""
    match scope.type:
        case ScopeType.WORKFLOW:
            return replace(scope, workflow_id=scope.workflow_id or workflow_id, execution_id=None)
        case ScopeType.EXECUTION:
            return replace(scope, workflow_id=None, execution_id=scope.execution_id or execution_id)
        case _:
            return replace(scope, workflow_id=None, execution_id=None)


def _implied_type(scope: Scope) -> ScopeType | None:
    if scope.execution_id is not None:
        return ScopeType.EXECUTION
    return None if scope.workflow_id is None else ScopeType.WORKFLOW
