import pytest

from application.nodes.node import NodeFailed, NodeMisconfigured
from application.nodes.transformer import Transformer
from application.ports.script_sandbox import ScriptFailed, ScriptKind, ScriptUnparsable
from domain.values.json import Json, JsonObject
from tests.fakes.script_sandbox import FakeScriptSandbox
from tests.unit.application.nodes.running import faults, run


async def test_makes_new_data_out_of_paths() -> None:
    mappings: JsonObject = {"city": "user.address.city", "first": "tags.0", "nothing": "none"}
    received: JsonObject = {"user": {"address": {"city": "Ulm"}}, "tags": ["a"], "none": None}
    output = await run(Transformer, {"mappings": mappings}, received)
    assert output.data == {"city": "Ulm", "first": "a", "nothing": None}


async def test_leaves_out_what_a_path_does_not_find() -> None:
    assert (await run(Transformer, {"mappings": {"a": "x.y", "b": "b"}}, {"b": 1})).data == {"b": 1}


async def test_replaces_the_input_and_vouches_for_the_output() -> None:
    output = await run(Transformer, {"mappings": {"route": "wanted"}}, {"wanted": "left", "other": 1})
    assert output.produced == output.data == {"route": "left"}


async def test_reads_mappings_that_were_stored_as_text() -> None:
    assert (await run(Transformer, {"mappings": '{"b": "a"}', "expression": ""}, {"a": 1})).data == {"b": 1}


async def test_makes_nothing_of_empty_mappings() -> None:
    assert (await run(Transformer, {"mappings": {}}, {"a": 1})).data == {}


async def test_an_expression_wins_over_mappings_and_names_the_input_twice() -> None:
    scripts = FakeScriptSandbox(value={"a": 2})
    output = await run(Transformer, {"expression": "data.a", "mappings": {"b": "a"}}, {"a": 1}, scripts=scripts)
    assert output.produced == output.data == {"a": 2}
    assert [(each.source, each.kind, each.variables) for each in scripts.asked] == [
        ("data.a", ScriptKind.EXPRESSION, {"data": {"a": 1}, "input": {"a": 1}})
    ]


@pytest.mark.parametrize("value", [None, 0, "x", [1]])
async def test_what_is_no_object_becomes_the_result(value: Json) -> None:
    output = await run(Transformer, {"expression": "data.a"}, scripts=FakeScriptSandbox(value=value))
    assert output.data == {"result": value}


async def test_an_expression_that_fails_says_why() -> None:
    scripts = FakeScriptSandbox(failure=ScriptFailed("ReferenceError: a is not defined", line=1))
    with pytest.raises(NodeFailed, match=r"^Transform expression failed: ReferenceError: a is not defined \(line 1\)$"):
        await run(Transformer, {"expression": "a"}, scripts=scripts)


async def test_an_expression_that_is_none_is_a_fault_of_the_config() -> None:
    scripts = FakeScriptSandbox(failure=ScriptUnparsable("SyntaxError: Unexpected token ')'"))
    with pytest.raises(NodeMisconfigured, match=r'^"expression" is not valid JavaScript: SyntaxError: Unexpected'):
        await run(Transformer, {"expression": "data."}, scripts=scripts)


@pytest.mark.parametrize("config", [{}, {"expression": ""}, {"expression": "  ", "mappings": None}])
def test_needs_an_expression_or_mappings(config: JsonObject) -> None:
    assert faults(Transformer, config) == [("expression", "required")]


@pytest.mark.parametrize(
    ("mappings", "fault"),
    [
        ({"a": 1, "b": "b"}, ("mappings.a", "wrong_type")),
        ([1], ("mappings", "wrong_type")),
        ("{a", ("mappings", "not_json")),
    ],
)
def test_refuses_mappings_that_are_no_paths(mappings: Json, fault: tuple[str, str]) -> None:
    assert faults(Transformer, {"mappings": mappings}) == [fault]
