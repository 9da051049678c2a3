"""What happens when a node fails: by default the run fails with it, unless its graph provides for that.

A node provides for it with an outgoing edge whose condition is `error`, which is then the way on, or with
`onError: "continue"` in its config, which makes the edges without a condition the way on too. What is beyond receives
what the failed node received, and `_error`.
"""

from collections.abc import Iterable
from typing import Final

from domain.executions.step import Step
from domain.values.json import JsonObject
from domain.workflows.graph import Edge, GraphNode

ON_ERROR: Final = "error"
_ALWAYS: Final = frozenset({"", "always", "any"})


def handles_errors(node: GraphNode, outgoing: Iterable[Edge]) -> bool:
    return _continues(node) or any(_is_for_errors(edge) for edge in outgoing)


def handling_edges(node: GraphNode, outgoing: Iterable[Edge]) -> list[Edge]:
    """The edges that a failure of `node` opens, in edge order."""
    return [edge for edge in outgoing if _is_for_errors(edge) or (_continues(node) and _is_unconditional(edge))]


def with_error(step: Step, received: JsonObject) -> JsonObject:
    """What a failed step hands on. The record of one that was not even tried does not say what it received."""
    error: JsonObject = {"nodeId": step.node_id, "nodeType": step.node_type, "message": step.error}
    return {**received, **step.input, "_error": error}


def _continues(node: GraphNode) -> bool:
    choice = node.config.get("onError")
    return isinstance(choice, str) and choice.strip().lower() == "continue"


def _is_for_errors(edge: Edge) -> bool:
    return isinstance(edge.condition, str) and edge.condition.strip().lower() == ON_ERROR


def _is_unconditional(edge: Edge) -> bool:
    if isinstance(edge.condition, bool):
        return False
    return not isinstance(edge.condition, str) or edge.condition.strip().lower() in _ALWAYS
