"""Nobody's wiring is lost in a merge unless somebody decided so, and then it is told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import EdgeId
from domain.templates.merge import Merged, Side, merge
from domain.workflows.graph import Graph
from tests.make import a_graph, an_edge
from tests.unit.domain.templates.graphs import graphs

ASK_ANSWER_END = a_graph("ask>answer", "answer>end")
OWN_STEP_AFTER_ANSWER = a_graph("ask>answer", "answer>own", "own>end")
OTHER_ANSWER = a_graph("ask>better", "better>end")
OWN_ANSWER = a_graph("ask>own", "own>end")
CHECKED = a_graph("ask>answer", "answer>check", "check>end")


def joined(graph: Graph) -> set[str]:
    return {f"{edge.source}>{edge.target}" for edge in graph.edges}


def looseness(merged: Merged) -> list[tuple[str, str]]:
    """What is to be looked at, by node."""
    return [(fault.code, merged.graph.nodes[int(fault.path[1])].id) for fault in merged.loose_ends]


def whole_conflicts(merged: Merged) -> list[tuple[str, str]]:
    return [(each.id, each.field) for each in merged.conflicts]


def test_a_node_that_the_template_removed_and_the_owner_hung_something_on_is_a_conflict() -> None:
    merged = merge(ASK_ANSWER_END, OWN_STEP_AFTER_ANSWER, OTHER_ANSWER)
    assert whole_conflicts(merged) == [("answer", "")]
    assert merged.unresolved
    assert joined(merged.graph) == {"ask>answer", "answer>own", "own>end", "ask>better", "better>end"}
    assert looseness(merged) == []


def test_what_hung_on_a_node_that_was_given_up_is_told_to_hang_on_nothing() -> None:
    merged = merge(ASK_ANSWER_END, OWN_STEP_AFTER_ANSWER, OTHER_ANSWER, {"answer": Side.THEIRS})
    assert joined(merged.graph) == {"own>end", "ask>better", "better>end"}
    assert looseness(merged) == [("lost_edge", "own"), ("new_root", "own")]
    assert '"ANSWER"' in merged.loose_ends[0].message


def test_a_node_that_the_owner_replaced_and_the_template_built_upon_is_a_conflict() -> None:
    merged = merge(ASK_ANSWER_END, OWN_ANSWER, CHECKED)
    assert whole_conflicts(merged) == [("answer", "")]
    assert joined(merged.graph) == {"ask>own", "own>end", "check>end"}
    assert looseness(merged) == [("lost_edge", "check"), ("new_root", "check")]


def test_a_node_comes_back_with_all_of_its_edges() -> None:
    merged = merge(ASK_ANSWER_END, OWN_ANSWER, CHECKED, {"answer": Side.THEIRS})
    assert joined(merged.graph) == {"ask>own", "own>end", "ask>answer", "answer>check", "check>end"}
    assert looseness(merged) == []


def test_an_edge_whose_condition_was_changed_keeps_its_nodes_from_vanishing() -> None:
    mine = replace(ASK_ANSWER_END, edges=(ASK_ANSWER_END.edges[0], an_edge("answer", "end", condition="pass")))
    merged = merge(ASK_ANSWER_END, mine, OTHER_ANSWER)
    assert whole_conflicts(merged) == [("answer", "")]


def test_an_edge_that_was_cut_stays_cut_although_its_nodes_stay() -> None:
    merged = merge(ASK_ANSWER_END, a_graph("ask>answer", "ask>end"), CHECKED)
    assert not merged.conflicts
    assert joined(merged.graph) == {"ask>answer", "ask>end", "answer>check", "check>end"}


def test_what_began_by_itself_before_is_nothing_to_look_at() -> None:
    cut_by_owner = Graph(nodes=ASK_ANSWER_END.nodes, edges=ASK_ANSWER_END.edges[1:])
    merged = merge(ASK_ANSWER_END, cut_by_owner, CHECKED)
    assert looseness(merged) == []


def test_an_edge_of_theirs_gives_way_where_the_owner_used_its_id_for_another_one() -> None:
    """Editors lead an edge elsewhere without giving it a new id."""
    led_elsewhere = tuple(
        replace(mine, id=theirs.id) for mine, theirs in zip(OWN_ANSWER.edges, ASK_ANSWER_END.edges, strict=True)
    )
    mine = replace(OWN_ANSWER, edges=led_elsewhere)
    changed = replace(ASK_ANSWER_END.nodes[1], label="New")
    theirs = replace(ASK_ANSWER_END, nodes=(ASK_ANSWER_END.nodes[0], changed, ASK_ANSWER_END.nodes[2]))
    merged = merge(ASK_ANSWER_END, mine, theirs, {"answer": Side.THEIRS})
    ids: list[EdgeId] = [edge.id for edge in merged.graph.edges]
    assert joined(merged.graph) == {"ask>own", "own>end", "ask>answer", "answer>end"}
    assert len(set(ids)) == 4
    assert {edge.id for edge in mine.edges} < set(ids)


@given(base=graphs(), mine=graphs(), theirs=graphs(), side=st.sampled_from(list(Side)))
@pytest.mark.parametrize("by", list(Side))
def test_what_one_side_joined_is_there_unless_the_other_was_chosen_for_an_end(
    by: Side, base: Graph, mine: Graph, theirs: Graph, side: Side
) -> None:
    conflicts = {each.id: side for each in merge(base, mine, theirs).conflicts}
    merged = merge(base, mine, theirs, conflicts)
    of_side = mine if by is Side.MINE else theirs
    for edge in of_side.edges:
        if f"{edge.source}>{edge.target}" not in joined(base):
            ends = {edge.source, edge.target}
            is_given_up = side is not by and ends & set(conflicts)
            assert f"{edge.source}>{edge.target}" in joined(merged.graph) or is_given_up


@given(base=graphs(), mine=graphs(), theirs=graphs(), side=st.sampled_from(list(Side)))
def test_choices_make_no_new_conflicts(base: Graph, mine: Graph, theirs: Graph, side: Side) -> None:
    conflicts = merge(base, mine, theirs).conflicts
    assert merge(base, mine, theirs, {each.id: side for each in conflicts}).conflicts == conflicts
