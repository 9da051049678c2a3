"""A broken drawing is refused as a whole, with the place of every fault."""

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import EdgeId, NodeId
from domain.workflows.graph import Edge, Graph, GraphNode
from domain.workflows.graph_rules import structural_faults

TYPES = {"manual-trigger", "output"}


def node(name: str, type: str = "output") -> GraphNode:
    return GraphNode(id=NodeId(name), type=type, label=name.upper(), x=0, y=0, config={})


def edge(source: str, target: str, name: str | None = None) -> Edge:
    return Edge(id=EdgeId(name or f"{source}>{target}"), source=NodeId(source), target=NodeId(target))


def graph(names: str, *links: str) -> Graph:
    return Graph(nodes=tuple(node(each) for each in names), edges=tuple(edge(*link.split(">")) for link in links))


def codes(drawn: Graph) -> list[tuple[tuple[str | int, ...], str]]:
    return [(fault.path, fault.code) for fault in structural_faults(drawn, TYPES)]


def test_finds_nothing_wrong_with_a_whole_graph() -> None:
    assert codes(graph("abcd", "a>b", "a>c", "b>d", "c>d", "a>d")) == []


def test_allows_parallel_edges_and_isolated_nodes() -> None:
    drawn = Graph(nodes=(node("a"), node("b"), node("c")), edges=(edge("a", "b", "1"), edge("a", "b", "2")))
    assert codes(drawn) == []


def test_names_the_place_of_an_unknown_type() -> None:
    assert codes(Graph(nodes=(node("a"), node("b", "teleport")))) == [(("nodes", 1, "type"), "unknown_node_type")]


def test_names_each_repeated_id_of_nodes_and_of_edges() -> None:
    drawn = Graph(nodes=(node("a"), node("b"), node("a")), edges=(edge("a", "b", "e"), edge("a", "b", "e")))
    assert codes(drawn) == [(("nodes", 2, "id"), "duplicate_id"), (("edges", 1, "id"), "duplicate_id")]


def test_names_both_loose_ends_of_an_edge() -> None:
    assert codes(graph("a", "x>y")) == [
        (("edges", 0, "source"), "unknown_node"),
        (("edges", 0, "target"), "unknown_node"),
    ]


def test_refuses_an_edge_from_a_node_to_itself_but_calls_it_no_cycle() -> None:
    assert codes(graph("ab", "a>b", "b>b")) == [(("edges", 1), "self_loop")]


def test_names_each_cycle_once_and_who_is_on_it() -> None:
    drawn = graph("abcdef", "a>b", "b>c", "c>b", "c>d", "d>e", "e>d", "e>f")
    faults = structural_faults(drawn, TYPES)
    assert [(fault.path, fault.code) for fault in faults] == [(("edges", 1), "cycle"), (("edges", 4), "cycle")]
    assert faults[0].message == 'These nodes form a cycle: "B" (b), "C" (c)'


def test_reports_every_kind_of_fault_at_once() -> None:
    drawn = Graph(
        nodes=(node("a", "teleport"), node("b"), node("b")),
        edges=(edge("a", "b"), edge("b", "a"), edge("a", "z"), edge("a", "a")),
    )
    found = {fault.code for fault in structural_faults(drawn, TYPES)}
    assert found == {"unknown_node_type", "duplicate_id", "unknown_node", "self_loop", "cycle"}


@st.composite
def drawings(draw: st.DrawFn) -> Graph:
    names = "abcdefgh"[: draw(st.integers(1, 8))]
    links = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=16, unique=True))
    return graph(names, *(f"{source}>{target}" for source, target in links if source != target))


@given(drawings())
def test_sees_a_cycle_exactly_when_there_is_one(drawn: Graph) -> None:
    after = {each.id: {edge.target for edge in drawn.edges if edge.source == each.id} for each in drawn.nodes}
    while leaves := [each for each, targets in after.items() if not targets & set(after)]:
        for each in leaves:
            del after[each]
    assert any(code == "cycle" for _, code in codes(drawn)) == bool(after)
