import pytest

from application.nodes.node import NodeFailed
from application.nodes.transformer import Transformer
from domain.values.json import Json, JsonObject
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


async def test_an_expression_wins_over_mappings_and_says_that_it_cannot_run() -> None:
    with pytest.raises(NodeFailed, match=r"^Transform expression failed: JavaScript expressions cannot run"):
        await run(Transformer, {"expression": "data.a", "mappings": {"b": "a"}}, {"a": 1})


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
