"""What makes a graph's structure whole: one function per rule, all faults returned together, each with its path."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from domain.errors import Fault
from domain.ids import NodeId
from domain.workflows.graph import Edge, Graph


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
    """One fault for each knot of nodes that reach each other, at the first edge inside it."""
    edges = [edge for edge in graph.edges if edge.source != edge.target]
    labels = {node.id: node.label for node in graph.nodes}
    for knot in _knots([node.id for node in graph.nodes], edges):
        first = next(at for at, edge in enumerate(graph.edges) if {edge.source, edge.target} <= knot)
        names = ", ".join(f'"{labels[each]}"' for each in labels if each in knot)
        yield Fault(("edges", first), "cycle", f"These nodes form a cycle: {names}")


def _knots(ids: list[NodeId], edges: Iterable[Edge]) -> list[set[NodeId]]:
    """What is left when roots and leaves are peeled off again and again, split into what hangs together.

    Each remaining node lies on a cycle or between two cycles; the latter are told apart by mutual reachability.
    """
    after: dict[NodeId, set[NodeId]] = {each: set() for each in ids}
    before: dict[NodeId, set[NodeId]] = {each: set() for each in ids}
    for edge in edges:
        if edge.source in after and edge.target in before:
            after[edge.source].add(edge.target)
            before[edge.target].add(edge.source)
    _peel(after, before)
    _peel(before, after)
    knots: list[set[NodeId]] = []
    left = set(after)
    while left:
        one = next(each for each in ids if each in left)
        knot = _reach(one, after) & _reach(one, before)
        if len(knot) > 1:
            knots.append(knot)
        left -= knot | {one}
    return knots


def _peel(outgoing: dict[NodeId, set[NodeId]], incoming: dict[NodeId, set[NodeId]]) -> None:
    """Remove, over and over, nodes that nothing comes into."""
    bare = [each for each, sources in incoming.items() if not sources]
    while bare:
        one = bare.pop()
        del incoming[one]
        for target in outgoing.pop(one):
            incoming[target].discard(one)
            if not incoming[target]:
                bare.append(target)


def _reach(start: NodeId, links: dict[NodeId, set[NodeId]]) -> set[NodeId]:
    reached, frontier = {start}, [start]
    while frontier:
        for target in links.get(frontier.pop(), ()):
            if target not in reached:
                reached.add(target)
                frontier.append(target)
    return reached
