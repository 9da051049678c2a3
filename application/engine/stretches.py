"""Which nodes of a wave may be worked on at the same time."""

from collections.abc import Mapping, Sequence
from itertools import takewhile

from application.nodes.node import Node
from domain.workflows.graph import GraphNode


def first_stretch(left: Sequence[GraphNode], catalogue: Mapping[str, type[Node]], *, most: int) -> Sequence[GraphNode]:
    """The nodes to begin with: as many of the first as are independent of each other, or just the first.

    `left` are nodes of one wave in execution order. Nodes that look at or change what the run remembers, counts or
    spends have to take their turn, for there the order shows.
    """
    together = list(takewhile(lambda node: _is_independent(node, catalogue), left[:most]))
    return together or left[:1]


def _is_independent(node: GraphNode, catalogue: Mapping[str, type[Node]]) -> bool:
    kind = catalogue.get(node.type)
    return kind is not None and kind.is_independent and "retrieval" not in node.config
