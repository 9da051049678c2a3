"""What makes a graph's structure whole: one function per rule, all faults returned together, each with its path."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from domain.errors import Fault
from domain.ids import NodeId
from domain.workflows.graph import Graph

MAX_SHOWN_NODES = 20
MAX_SHOWN_LABEL = 60


def structural_faults(graph: Graph, known_types: Collection[str]) -> list[Fault]:
    """Every reason why `graph` may not be saved. Unfinished configs are none: they are `warnings` elsewhere."""
    return [
        *_unknown_types(graph, known_types),
        *_duplicate_ids("nodes", [node.id for node in graph.nodes]),
        *_duplicate_ids("edges", [edge.id for edge in graph.edges]),
        *_dangling_edges(graph),
        *_self_loops(graph),
        *_cycles(graph),
    ]


def _unknown_types(graph: Graph, known_types: Collection[str]) -> Iterator[Fault]:
    for at, node in enumerate(graph.nodes):
        if node.type not in known_types:
            yield Fault(("nodes", at, "type"), "unknown_node_type", f'Unknown node type "{node.type}"')


def _duplicate_ids(where: str, ids: Iterable[str]) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for at, each in enumerate(ids):
        seen[each] += 1
        if seen[each] > 1:
            yield Fault((where, at, "id"), "duplicate_id", f'Id "{each}" is used more than once in {where}')


def _dangling_edges(graph: Graph) -> Iterator[Fault]:
    ids = {node.id for node in graph.nodes}
    for at, edge in enumerate(graph.edges):
        if edge.source not in ids:
            yield Fault(("edges", at, "source"), "unknown_node", f'Edge "{edge.id}" starts at no node of the graph')
        if edge.target not in ids:
            yield Fault(("edges", at, "target"), "unknown_node", f'Edge "{edge.id}" ends at no node of the graph')


def _self_loops(graph: Graph) -> Iterator[Fault]:
    for at, edge in enumerate(graph.edges):
        if edge.source == edge.target:
            yield Fault(("edges", at), "self_loop", f'Edge "{edge.id}" leads from a node to itself')


def _cycles(graph: Graph) -> Iterator[Fault]:
    """One fault for each knot of nodes that all reach each other, at the first edge inside it."""
    knots = _knots(graph)
    knot_of = {node: at for at, knot in enumerate(knots) for node in knot}
    first_edge: dict[int, int] = {}
    for at, edge in enumerate(graph.edges):
        knot = knot_of.get(edge.source)
        if knot is not None and knot == knot_of.get(edge.target) and edge.source != edge.target:
            first_edge.setdefault(knot, at)
    labels = {node.id: node.label for node in graph.nodes}
    for knot, at in sorted(first_edge.items(), key=lambda each: each[1]):
        yield Fault(("edges", at), "cycle", f"These nodes form a cycle: {_named(knots[knot], labels)}")


def _named(knot: list[NodeId], labels: Mapping[NodeId, str]) -> str:
    shown = ", ".join(f'"{labels[each][:MAX_SHOWN_LABEL]}" ({each})' for each in knot[:MAX_SHOWN_NODES])
    hidden = len(knot) - MAX_SHOWN_NODES
    return f"{shown} and {hidden} more" if hidden > 0 else shown


def _knots(graph: Graph) -> list[list[NodeId]]:
    """Strongly connected components of more than one node, each in node order, in linear time.

    Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion: a user's graph may be deep.
    """
    after: dict[NodeId, list[NodeId]] = {node.id: [] for node in graph.nodes}
    for edge in graph.edges:
        if edge.source in after and edge.target in after:
            after[edge.source].append(edge.target)
    search = _Search(after)
    for node in after:
        search.explore(node)
    order = {node: at for at, node in enumerate(after)}
    return [sorted(knot, key=order.__getitem__) for knot in search.components if len(knot) > 1]


class _Search:
    """One depth-first search. `low` is the earliest node on the stack that a node is known to reach."""

    def __init__(self, after: Mapping[NodeId, list[NodeId]]) -> None:
        self._after = after
        self._found: dict[NodeId, int] = {}
        self._low: dict[NodeId, int] = {}
        self._stack: list[NodeId] = []
        self._stacked: set[NodeId] = set()
        self.components: list[list[NodeId]] = []

    def explore(self, root: NodeId) -> None:
        if root in self._found:
            return
        trail = [(root, self._enter(root))]
        while trail:
            node, targets = trail[-1]
            for target in targets:
                if target not in self._found:
                    trail.append((target, self._enter(target)))
                    break
                if target in self._stacked:
                    self._low[node] = min(self._low[node], self._found[target])
            else:
                trail.pop()
                self._leave(node)
                if trail:
                    parent = trail[-1][0]
                    self._low[parent] = min(self._low[parent], self._low[node])

    def _enter(self, node: NodeId) -> Iterator[NodeId]:
        self._found[node] = self._low[node] = len(self._found)
        self._stack.append(node)
        self._stacked.add(node)
        return iter(self._after[node])

    def _leave(self, node: NodeId) -> None:
        """Everything above the first node of a component on the stack belongs to it."""
        if self._low[node] != self._found[node]:
            return
        component = [self._stack.pop()]
        while component[-1] != node:
            component.append(self._stack.pop())
        self._stacked.difference_update(component)
        self.components.append(component)
