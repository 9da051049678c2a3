"""Graphs to merge, small and likely to have something in common."""

from hypothesis import strategies as st

from domain.ids import EdgeId, NodeId
from domain.values.json import Json
from domain.workflows.graph import Edge, Graph, GraphNode

_VALUES: st.SearchStrategy[Json] = st.sampled_from([1, 1.5, True, None, "text", ["a"], {"deep": [1]}])
_CONFIGS = st.dictionaries(st.sampled_from(["prompt", "topK"]), _VALUES)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    ids = draw(st.lists(st.sampled_from("abcde"), unique=True))
    nodes = tuple(
        GraphNode(
            id=NodeId(each),
            type=draw(st.sampled_from(["llm", "output"])),
            label=draw(st.sampled_from(["One", "Two"])),
            x=draw(st.integers(0, 2)),
            y=0,
            config=draw(_CONFIGS),
        )
        for each in ids
    )
    joined = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=4)) if ids else []
    edges = tuple(
        Edge(
            id=EdgeId(f"{draw(st.integers(0, 3))}/{at}"),
            source=NodeId(source),
            target=NodeId(target),
            condition=draw(st.sampled_from([None, "pass", "fail", True])),
        )
        for at, (source, target) in enumerate(joined)
    )
    return Graph(nodes=nodes, edges=edges)
