"""The records of nodes that a run will not reach any more."""

from collections.abc import Collection
from datetime import datetime

from domain.executions.execution import Execution
from domain.executions.plan import UnrunnableGraph, plan
from domain.executions.progress import skipped_step
from domain.executions.step import Step
from domain.ids import NodeId


def remaining_steps(execution: Execution, recorded: Collection[NodeId], reason: str, *, at: datetime) -> list[Step]:
    """A skipped step for each node without one, in execution order; none for a graph that has no order."""
    try:
        planned = plan(execution.graph)
    except UnrunnableGraph:
        return []
    done = set(recorded)
    rest = [node for node in planned.nodes() if node.id not in done]
    return [skipped_step(node, planned.places[node.id], reason, at=at) for node in rest]
