"""In which order the nodes of a graph run.

Kahn's algorithm with a first-in-first-out queue, seeded in node order, following edges in edge order. The queue
makes the order level-sorted, so waves (nodes of one level) are contiguous runs of it.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from domain.ids import NodeId
from domain.values.json import JsonObject
from domain.workflows.graph import Edge, Graph, GraphNode


class UnrunnableGraph(Exception):
    """The graph cannot be put in order. The text is what the run reports."""


@dataclass(frozen=True, slots=True)
class Wave:
    """Nodes that depend only on earlier waves. `index` counts from 1."""

    index: int
    nodes: tuple[GraphNode, ...]

    def described(self) -> JsonObject:
        return {
            "index": self.index,
            "nodes": [node.id for node in self.nodes],
            "parallelCandidate": len(self.nodes) > 1,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """`places` counts nodes from 1 in execution order."""

    waves: tuple[Wave, ...]
    incoming: Mapping[NodeId, tuple[Edge, ...]]
    outgoing: Mapping[NodeId, tuple[Edge, ...]]
    places: Mapping[NodeId, int]

    def nodes(self) -> Iterator[GraphNode]:
        for wave in self.waves:
            yield from wave.nodes

    def downstream(self, origins: Iterable[NodeId]) -> set[NodeId]:
        """`origins` and every node that an edge leads to from them, over any number of edges."""
        reached = set(origins)
        ahead = list(reached)
        while ahead:
            for edge in self.outgoing[ahead.pop()]:
                if edge.target not in reached:
                    reached.add(edge.target)
                    ahead.append(edge.target)
        return reached


def plan(graph: Graph) -> Plan:
    """Put `graph` in order. Raise UnrunnableGraph with everything that is in the way.

    Saved graphs were checked before; this holds for what came from elsewhere. Of nodes with one id the last wins.
    """
    nodes = {node.id: node for node in graph.nodes}
    if complaints := [text for edge in graph.edges for text in _complaints(edge, nodes)]:
        raise UnrunnableGraph("; ".join(complaints))
    incoming = _grouped(graph.edges, nodes, by_target=True)
    outgoing = _grouped(graph.edges, nodes, by_target=False)
    levels = _levels(nodes, incoming, outgoing)
    if len(levels) < len(nodes):
        raise UnrunnableGraph("Workflow contains a cycle. Workflows must be directed acyclic graphs (DAG).")
    places = {each: at for at, each in enumerate(levels, 1)}
    return Plan(_waves(nodes, levels), incoming, outgoing, places)


def _complaints(edge: Edge, nodes: Mapping[NodeId, GraphNode]) -> Iterator[str]:
    if edge.source not in nodes:
        yield f'Edge "{edge.id}" references unknown source node "{edge.source}"'
    if edge.target not in nodes:
        yield f'Edge "{edge.id}" references unknown target node "{edge.target}"'
    if edge.source == edge.target:
        yield f'Edge "{edge.id}" creates a self-loop on node "{edge.source}"'


def _grouped(
    edges: tuple[Edge, ...], nodes: Mapping[NodeId, GraphNode], *, by_target: bool
) -> dict[NodeId, tuple[Edge, ...]]:
    groups: dict[NodeId, list[Edge]] = {each: [] for each in nodes}
    for edge in edges:
        groups[edge.target if by_target else edge.source].append(edge)
    return {each: tuple(group) for each, group in groups.items()}


def _levels(
    nodes: Mapping[NodeId, GraphNode],
    incoming: Mapping[NodeId, tuple[Edge, ...]],
    outgoing: Mapping[NodeId, tuple[Edge, ...]],
) -> dict[NodeId, int]:
    """Level of each node that can be reached in order, in that order: 0 without parents, else one past the last."""
    waiting = {each: len(edges) for each, edges in incoming.items()}
    levels = {each: 0 for each in nodes if waiting[each] == 0}
    ready = deque(levels)
    while ready:
        one = ready.popleft()
        for edge in outgoing[one]:
            waiting[edge.target] -= 1
            if waiting[edge.target] == 0:
                levels[edge.target] = 1 + max(levels[parent.source] for parent in incoming[edge.target])
                ready.append(edge.target)
    return levels


def _waves(nodes: Mapping[NodeId, GraphNode], levels: Mapping[NodeId, int]) -> tuple[Wave, ...]:
    by_level: dict[int, list[GraphNode]] = {}
    for each, level in levels.items():
        by_level.setdefault(level, []).append(nodes[each])
    return tuple(Wave(level + 1, tuple(by_level[level])) for level in sorted(by_level))
