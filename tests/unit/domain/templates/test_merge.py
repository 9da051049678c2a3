"""What both sides changed is kept, and what cannot be kept together is asked about."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.templates.merge import Side, merge
from domain.values.json import UNDEFINED
from domain.workflows.graph import Graph
from tests.make import a_graph, a_node
from tests.unit.domain.templates.graphs import graphs

_CHOICES = st.sampled_from(list(Side))


@given(base=graphs(), mine=graphs())
def test_without_news_mine_stays_as_it_is(base: Graph, mine: Graph) -> None:
    merged = merge(base, mine, base)
    assert merged.graph == mine
    assert not merged.conflicts


@given(base=graphs(), theirs=graphs())
def test_an_untouched_graph_becomes_theirs(base: Graph, theirs: Graph) -> None:
    merged = merge(base, base, theirs)
    assert merged.graph == theirs
    assert not merged.conflicts


@given(base=graphs(), both=graphs())
def test_what_both_did_alike_is_no_conflict(base: Graph, both: Graph) -> None:
    merged = merge(base, both, both)
    assert merged.graph == both
    assert not merged.conflicts


@given(base=graphs(), mine=graphs(), theirs=graphs(), side=_CHOICES)
def test_a_merge_that_is_done_again_changes_nothing(base: Graph, mine: Graph, theirs: Graph, side: Side) -> None:
    conflicts = merge(base, mine, theirs).conflicts
    once = merge(base, mine, theirs, {each.id: side for each in conflicts}).graph
    assert merge(theirs, once, theirs).graph == once


@given(base=graphs(), mine=graphs(), theirs=graphs(), side=_CHOICES)
def test_no_node_is_lost_or_made_up(base: Graph, mine: Graph, theirs: Graph, side: Side) -> None:
    conflicts = merge(base, mine, theirs).conflicts
    merged = merge(base, mine, theirs, {each.id: side for each in conflicts}).graph
    ids = [node.id for node in merged.nodes]
    had, have, get = ({node.id for node in each.nodes} for each in (base, mine, theirs))
    assert len(ids) == len(set(ids))
    assert have & get <= set(ids)
    assert (have | get) - had <= set(ids)
    assert set(ids) <= have | get
    assert all({edge.source, edge.target} <= set(ids) for edge in merged.edges)


@given(base=graphs(), mine=graphs(), theirs=graphs())
def test_mine_counts_until_something_else_is_chosen(base: Graph, mine: Graph, theirs: Graph) -> None:
    merged = merge(base, mine, theirs)
    assert merged.unresolved == merged.conflicts
    chosen = merge(base, mine, theirs, {each.id: Side.MINE for each in merged.conflicts})
    assert chosen.graph == merged.graph
    assert not chosen.unresolved


def _one(**parts: object) -> Graph:
    return Graph(nodes=(replace(a_node("a", config={"prompt": "old", "topK": 8}), **parts),))  # type: ignore[arg-type]


def test_different_fields_of_one_node_go_together() -> None:
    mine = _one(config={"prompt": "mine", "topK": 8})
    theirs = _one(config={"prompt": "old", "topK": 4, "mode": "dense"}, label="New")
    (node,) = merge(_one(), mine, theirs).graph.nodes
    assert node.config == {"prompt": "mine", "topK": 4, "mode": "dense"}
    assert node.label == "New"


@pytest.mark.parametrize(("side", "prompt"), [(Side.MINE, "mine"), (Side.THEIRS, "theirs")])
def test_the_same_field_changed_twice_is_a_conflict(side: Side, prompt: str) -> None:
    mine = _one(config={"prompt": "mine", "topK": 8})
    theirs = _one(config={"prompt": "theirs", "topK": 8})
    (conflict,) = merge(_one(), mine, theirs).conflicts
    assert (conflict.node_id, conflict.field) == ("a", "config.prompt")
    assert (conflict.base, conflict.mine, conflict.theirs) == ("old", "mine", "theirs")
    (node,) = merge(_one(), mine, theirs, {conflict.id: side}).graph.nodes
    assert node.config["prompt"] == prompt


@pytest.mark.parametrize(("side", "count"), [(Side.MINE, 0), (Side.THEIRS, 1)])
def test_a_removed_node_that_the_template_changed_is_a_conflict(side: Side, count: int) -> None:
    merged = merge(_one(), Graph(nodes=()), _one(label="New"), {"a": side})
    (conflict,) = merged.conflicts
    assert (conflict.node_id, conflict.field, conflict.mine) == ("a", "", UNDEFINED)
    assert len(merged.graph.nodes) == count


@pytest.mark.parametrize(("side", "count"), [(Side.MINE, 1), (Side.THEIRS, 0)])
def test_a_changed_node_that_the_template_removed_is_a_conflict(side: Side, count: int) -> None:
    merged = merge(_one(), _one(label="Mine"), Graph(nodes=()), {"a": side})
    assert [each.theirs for each in merged.conflicts] == [UNDEFINED]
    assert len(merged.graph.nodes) == count


def test_a_node_that_was_only_moved_can_be_removed_by_the_template() -> None:
    merged = merge(_one(), _one(x=99), Graph(nodes=()))
    assert not merged.conflicts
    assert not merged.graph.nodes


def test_where_a_node_is_drawn_is_the_owners_business() -> None:
    merged = merge(_one(), _one(x=7), _one(x=9, y=9))
    assert not merged.conflicts
    assert (merged.graph.nodes[0].x, merged.graph.nodes[0].y) == (7, 9)


def test_true_is_not_one() -> None:
    mine, theirs = _one(config={"prompt": True, "topK": 8}), _one(config={"prompt": 1, "topK": 8})
    assert len(merge(_one(), mine, theirs).conflicts) == 1


def test_new_nodes_of_both_sides_stand_where_they_stood() -> None:
    merged = merge(a_graph(*"abc"), a_graph(*"ambc"), a_graph(*"abtc"))
    assert [node.id for node in merged.graph.nodes] == ["a", "m", "b", "t", "c"]


def test_the_order_follows_the_template_where_it_changed_it() -> None:
    merged = merge(a_graph(*"abc"), a_graph(*"abmc"), a_graph(*"cab"))
    assert [node.id for node in merged.graph.nodes] == ["c", "a", "b", "m"]


def test_a_condition_changed_twice_is_a_conflict_of_the_edge() -> None:
    def joined(condition: str | None) -> Graph:
        graph = a_graph("a>b")
        return replace(graph, edges=(replace(graph.edges[0], condition=condition),))

    merged = merge(joined(None), joined("pass"), joined("fail"), {"a>b.condition": Side.THEIRS})
    (conflict,) = merged.conflicts
    assert (conflict.node_id, conflict.target, conflict.field) == ("a", "b", "condition")
    assert merged.graph.edges[0].condition == "fail"


def test_edges_of_a_removed_node_go_with_it() -> None:
    merged = merge(a_graph("a>b", "b>c"), a_graph("a>c"), a_graph("a>b", "b>c", "c>d"))
    assert not merged.conflicts
    assert {(edge.source, edge.target) for edge in merged.graph.edges} == {("a", "c"), ("c", "d")}
