"""A workflow follows the newer version of its template without losing what its owner did."""

from dataclasses import replace
from uuid import uuid4

import pytest

from domain.ids import EdgeId, NodeId
from domain.templates.drawing import drawn
from domain.templates.errors import NotFromTemplate, TemplateVersionGone
from domain.templates.merge import Side
from domain.templates.parameters import TemplateParameters
from domain.templates.templates import Templates
from domain.templates.upgrade import upgrade
from domain.workflows.graph import Graph, GraphNode
from domain.workflows.workflow import TemplateOrigin, Workflow
from tests.make import a_node, a_user, a_workflow, an_edge
from tests.unit.domain.templates.newer import BOTH, CHECK, NEWER

GIVEN = TemplateParameters(query_path="body.question", top_k=3)
PROMPT = "promptTemplate"


def an_instance(version: int = 1) -> Workflow:
    template = BOTH.version("simple-rag", version)
    origin = TemplateOrigin(template_id="simple-rag", version=version, params=GIVEN.described())
    return a_workflow(a_user(), graph=drawn(template.draw(GIVEN), seed=uuid4()), origin=origin)


def with_node(workflow: Workflow, at: int, **parts: object) -> Workflow:
    nodes = list(workflow.graph.nodes)
    nodes[at] = replace(nodes[at], **parts)  # type: ignore[arg-type]
    return replace(workflow, graph=replace(workflow.graph, nodes=tuple(nodes)))


def shape(graph: Graph) -> list[tuple[str, str]]:
    labels = {node.id: node.label for node in graph.nodes}
    return [(labels[edge.source], labels[edge.target]) for edge in graph.edges]


def test_an_untouched_workflow_becomes_the_newer_version() -> None:
    workflow = an_instance()
    found = upgrade(workflow, BOTH)
    fresh = drawn(NEWER.draw(GIVEN), seed=uuid4())
    graph = found.merged.graph
    assert found.is_available
    assert not found.merged.conflicts
    assert [(node.label, node.config) for node in graph.nodes] == [(node.label, node.config) for node in fresh.nodes]
    assert shape(graph) == shape(fresh)
    assert {node.id for node in workflow.graph.nodes} < {node.id for node in graph.nodes}


def test_what_the_owner_did_stays() -> None:
    workflow = with_node(an_instance(), 3, label="My answer", x=7)
    own = a_node("own")
    edge = an_edge("own", workflow.graph.nodes[-1].id)
    graph = Graph(nodes=(*workflow.graph.nodes, own), edges=(*workflow.graph.edges, edge))
    merged = upgrade(replace(workflow, graph=graph), BOTH).merged
    labels = [node.label for node in merged.graph.nodes]
    assert not merged.conflicts
    assert labels == ["Manual Run", "Load Knowledge", "Retrieve Context", "My answer", "Check", "Final Output", "OWN"]
    assert merged.graph.nodes[3].config[PROMPT] == "Better: {{body.question}}"
    assert edge in merged.graph.edges


@pytest.mark.parametrize(("side", "prompt"), [(Side.MINE, "mine"), (Side.THEIRS, "Better: {{body.question}}")])
def test_a_prompt_that_both_changed_is_asked_about(side: Side, prompt: str) -> None:
    workflow = an_instance()
    workflow = with_node(workflow, 3, config={**workflow.graph.nodes[3].config, PROMPT: "mine"})
    (conflict,) = upgrade(workflow, BOTH).merged.unresolved
    assert (conflict.node_id, conflict.field) == (workflow.graph.nodes[3].id, f"config.{PROMPT}")
    merged = upgrade(workflow, BOTH, {conflict.id: side}).merged
    assert not merged.unresolved
    assert merged.graph.nodes[3].config[PROMPT] == prompt


def test_upgrades_of_the_same_workflow_are_the_same() -> None:
    workflow = an_instance()
    assert upgrade(workflow, BOTH) == upgrade(workflow, BOTH)


def test_the_newest_version_has_nothing_to_follow() -> None:
    workflow = with_node(an_instance(version=2), 0, label="Start")
    found = upgrade(workflow, BOTH)
    assert not found.is_available
    assert found.merged.graph == workflow.graph


def test_nodes_are_known_by_what_they_are_where_an_editor_gave_them_new_ids() -> None:
    workflow = an_instance()
    new = {node.id: NodeId(str(uuid4())) for node in workflow.graph.nodes}
    nodes: tuple[GraphNode, ...] = tuple(replace(node, id=new[node.id]) for node in workflow.graph.nodes)
    edges = tuple(
        replace(edge, id=EdgeId(str(uuid4())), source=new[edge.source], target=new[edge.target])
        for edge in workflow.graph.edges
    )
    merged = upgrade(replace(workflow, graph=Graph(nodes=nodes, edges=edges)), BOTH).merged
    assert not merged.conflicts
    assert set(new.values()) < {node.id for node in merged.graph.nodes}
    assert len(merged.graph.nodes) == len(nodes) + 1


def test_a_node_that_the_owner_removed_stays_away() -> None:
    workflow = an_instance()
    first, ingest, *others = workflow.graph.nodes
    edges = [edge for edge in workflow.graph.edges if ingest.id not in (edge.source, edge.target)]
    edge = an_edge(first.id, others[0].id)
    graph = Graph(nodes=(first, *others), edges=(edge, *edges))
    merged = upgrade(replace(workflow, graph=graph), BOTH).merged
    assert not merged.conflicts
    assert [node.label for node in merged.graph.nodes if node.type == CHECK.type] == ["Check"]
    assert ingest.id not in {node.id for node in merged.graph.nodes}


def test_only_what_came_from_a_template_that_is_known_can_follow_it() -> None:
    with pytest.raises(NotFromTemplate):
        upgrade(a_workflow(a_user()), BOTH)
    with pytest.raises(TemplateVersionGone):
        upgrade(an_instance(), Templates((NEWER,)))
