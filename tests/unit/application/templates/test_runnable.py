"""What templates draw can be saved and run as it is, and their prompts have nothing left to fill."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from application.nodes.catalogue import KNOWN_TYPES
from domain.knowledge.scope import ScopeType
from domain.templates.drawing import drawn
from domain.templates.parameters import TemplateParameters
from domain.templates.payload import payload_example, payload_schema
from domain.templates.published import PUBLISHED
from domain.templates.template import Template
from domain.values.interpolation import PLACEHOLDER, interpolate_keeping
from domain.values.json import JsonObject
from domain.workflows.graph import GraphNode
from domain.workflows.graph_rules import structural_faults
from tests.scheduling import CONFIG_WARNINGS

GIVEN = [
    TemplateParameters(),
    TemplateParameters(query_path="body.question", top_k=1),
    TemplateParameters(corpus_id=str(uuid4()), scope_type=ScopeType.USER),
    TemplateParameters(scope_type=ScopeType.WORKFLOW, workflow_id="this"),
    TemplateParameters(scope_type=ScopeType.EXECUTION, execution_id="this"),
]
each_template = pytest.mark.parametrize("template", PUBLISHED.newest(), ids=lambda template: template.id)
each_given = pytest.mark.parametrize("given", GIVEN)


@each_template
@each_given
def test_can_be_saved_and_leaves_nothing_unfinished(template: Template, given: TemplateParameters) -> None:
    graph = drawn(template.draw(given), seed=uuid4())
    assert structural_faults(graph, KNOWN_TYPES) == []
    assert CONFIG_WARNINGS(graph) == []


def handed_on(node: GraphNode, received: JsonObject) -> JsonObject:
    """The names that a node's output has, as far as prompts are concerned."""
    match node.type:
        case "llm":
            return {"content": "said"}
        case "memory-read" | "memory-write":
            return {**received, str(node.config["outputKey"]): ""}
        case _:
            return received


def texts(node: GraphNode) -> Iterator[str]:
    for name, value in node.config.items():
        if name.endswith("Template") and isinstance(value, str):
            yield value
    retrievers: Any = node.config.get("retrievers", [])
    yield from (each["queryTemplate"] for each in retrievers)


@each_template
@pytest.mark.parametrize("path", ["query", "body.question", "a.b.c"])
def test_every_placeholder_is_filled_when_its_node_runs(template: Template, path: str) -> None:
    payload = payload_example(path)
    graph = drawn(template.draw(TemplateParameters(query_path=path)), seed=uuid4())
    received: dict[str, JsonObject] = {graph.nodes[0].id: {}}
    for node in graph.nodes:
        visible = {**payload, **received[node.id]}
        for text in texts(node):
            assert not PLACEHOLDER.search(interpolate_keeping(text, visible)), (node.label, text)
        for edge in graph.edges:
            if edge.source == node.id:
                received[edge.target] = handed_on(node, received[node.id])


@each_template
def test_every_prompt_that_answers_asks_the_question(template: Template) -> None:
    graph = drawn(template.draw(TemplateParameters(query_path="body.q")), seed=uuid4())
    prompts = [str(node.config["promptTemplate"]) for node in graph.nodes if node.type == "llm"]
    assert prompts
    assert all(prompt.endswith("Question: {{body.q}}") for prompt in prompts)


@pytest.mark.parametrize("path", ["query", "body.question", "a.0.b"])
def test_the_example_of_a_payload_is_one(path: str) -> None:
    schema: Any = payload_schema(path)
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(payload_example(path))
    assert not Draft202012Validator(schema).is_valid({})
