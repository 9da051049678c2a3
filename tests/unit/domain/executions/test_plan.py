"""The same drawing is always executed in the same order, and never against an edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.executions.plan import UnrunnableGraph, plan
from domain.ids import EdgeId, NodeId
from domain.workflows.graph import Edge, Graph, GraphNode


def node(name: str) -> GraphNode:
    return GraphNode(id=NodeId(name), type="output", label=name, x=0, y=0, config={})


def graph(names: str, *links: str) -> Graph:
    edges = [Edge(id=EdgeId(link), source=NodeId(link[0]), target=NodeId(link[-1])) for link in links]
    return Graph(nodes=tuple(node(each) for each in names), edges=tuple(edges))


def waves(drawn: Graph) -> list[str]:
    return ["".join(node.id for node in wave.nodes) for wave in plan(drawn).waves]


def test_runs_a_chain_link_by_link() -> None:
    assert waves(graph("cba", "a>b", "b>c")) == ["a", "b", "c"]


def test_takes_roots_in_node_order_and_children_in_edge_order() -> None:
    assert waves(graph("abxyz", "b>z", "a>y", "a>x")) == ["ab", "yxz"]


def test_puts_a_node_after_its_slowest_parent() -> None:
    assert waves(graph("abcd", "a>b", "b>c", "a>d", "c>d")) == ["a", "b", "c", "d"]


def test_keeps_the_edges_of_a_node_in_the_order_in_which_they_were_drawn() -> None:
    planned = plan(graph("abc", "b>c", "a>c"))
    assert [edge.id for edge in planned.incoming[NodeId("c")]] == ["b>c", "a>c"]


def test_describes_waves_as_they_are_recorded() -> None:
    described = [wave.described() for wave in plan(graph("abc", "a>b", "a>c")).waves]
    assert described == [
        {"index": 1, "nodes": ["a"], "parallelCandidate": False},
        {"index": 2, "nodes": ["b", "c"], "parallelCandidate": True},
    ]


def test_refuses_a_cycle_in_words() -> None:
    with pytest.raises(UnrunnableGraph, match="contains a cycle"):
        plan(graph("ab", "a>b", "b>a"))


def test_lists_every_loose_end_and_self_loop_at_once() -> None:
    with pytest.raises(UnrunnableGraph, match=r"unknown source .*; .*unknown target .*; .*self-loop"):
        plan(graph("a", "x>a", "a>y", "a>a"))


def test_takes_the_last_of_nodes_with_one_id() -> None:
    twice = Graph(nodes=(node("a"), GraphNode(id=NodeId("a"), type="log", label="", x=0, y=0, config={})))
    assert [each.type for each in plan(twice).nodes()] == ["log"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_respects_every_edge_and_places_every_node_once(links: list[tuple[int, int]]) -> None:
    downhill = [f"{min(pair)}>{max(pair)}" for pair in dict.fromkeys(links) if pair[0] != pair[1]]
    planned = plan(graph("0123456789", *dict.fromkeys(downhill)))
    order = [each.id for each in planned.nodes()]
    assert sorted(order) == list("0123456789")
    for edges in planned.outgoing.values():
        for each in edges:
            assert order.index(each.source) < order.index(each.target)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_puts_each_node_one_wave_after_its_latest_parent(links: list[tuple[int, int]]) -> None:
    downhill = dict.fromkeys(f"{min(pair)}>{max(pair)}" for pair in links if pair[0] != pair[1])
    planned = plan(graph("0123456789", *downhill))
    level = {each.id: wave.index for wave in planned.waves for each in wave.nodes}
    for each, incoming in planned.incoming.items():
        assert level[each] == 1 + max((level[edge.source] for edge in incoming), default=0)
