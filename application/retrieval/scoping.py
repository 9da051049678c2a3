"""Where a node looks for knowledge or keeps it: as its config says, with the current run's ids filled in."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from application.nodes.config_reader import ConfigReader, This
from domain.ids import CorpusId, ExecutionId, WorkflowId
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType

Id = TypeVar("Id")


def read_scope(fields: ConfigReader, *, suffix: str = "", base: Scope = EVERYWHERE) -> Scope:
    """What is not given is as in `base`. An id without a type says the type: a run's, else a workflow's.

    `suffix` is what the names of the two ids end in. The id THIS is the current run's or its workflow's.
    """
    corpus_id = fields.identifier("corpusId")
    workflow_id = fields.identifier_or_this(f"workflowId{suffix}")
    execution_id = fields.identifier_or_this(f"executionId{suffix}")
    return Scope(
        corpus_id=base.corpus_id if corpus_id is None else CorpusId(corpus_id),
        type=fields.optional_choice("scopeType", ScopeType)
        or base.type
        or _implied_type(workflow_id or base.workflow_id, execution_id or base.execution_id),
        workflow_id=base.workflow_id if workflow_id is None else _that(workflow_id, WorkflowId),
        execution_id=base.execution_id if execution_id is None else _that(execution_id, ExecutionId),
    )


def effective_scope(scope: Scope, *, workflow_id: WorkflowId, execution_id: ExecutionId) -> Scope:
    """The scope that is really meant in a run: ids that its type does not look at are dropped."""
    match scope.type:
        case ScopeType.WORKFLOW:
            return replace(scope, workflow_id=scope.workflow_id or workflow_id, execution_id=None)
        case ScopeType.EXECUTION:
            return replace(scope, workflow_id=None, execution_id=scope.execution_id or execution_id)
        case _:
            return replace(scope, workflow_id=None, execution_id=None)


def _that(given: UUID | This, kind: Callable[[UUID], Id]) -> Id | None:
    """None stands for the current one."""
    return None if isinstance(given, This) else kind(given)


def _implied_type(workflow_id: UUID | This | None, execution_id: UUID | This | None) -> ScopeType | None:
    if execution_id is not None:
        return ScopeType.EXECUTION
    return None if workflow_id is None else ScopeType.WORKFLOW
