"""Every node finds what earlier nodes made by their ids, whatever parents hid from each other in the input."""

from typing import Final

import pytest

from application.nodes.code import Code
from application.nodes.condition import Condition
from application.nodes.evaluation import Evaluation
from application.nodes.http_request import HttpRequest
from application.nodes.memory_write import MemoryWrite
from application.nodes.transformer import Transformer
from domain.values.json import JsonObject, as_object
from tests.fakes.http_fetcher import FakeHttpFetcher, Page
from tests.fakes.script_sandbox import FakeScriptSandbox
from tests.unit.application.nodes.running import run

MADE: Final[dict[str, JsonObject]] = {"3f-a1": {"content": "draft", "n": 1}, "9c-b2": {"content": "final"}}
RECEIVED: Final[JsonObject] = {"content": "final"}


async def test_templates_of_calls() -> None:
    web = FakeHttpFetcher({"https://api.example/draft": Page()})
    config: JsonObject = {
        "url": "https://api.example/{{_nodes.3f-a1.content}}",
        "method": "POST",
        "body": '{"n": {{ _nodes.3f-a1.n }}, "content": "{{content}}"}',
    }
    await run(HttpRequest, config, RECEIVED, outputs=MADE, fetcher=web)
    assert web.received[0].body == b'{"n": 1, "content": "final"}'


@pytest.mark.parametrize(
    "config", [{"valueTemplate": "{{_nodes.3f-a1.content}}"}, {"valuePath": "_nodes.3f-a1.content"}]
)
async def test_what_is_remembered(config: JsonObject) -> None:
    output = await run(MemoryWrite, {"memoryKey": "k", **config}, RECEIVED, outputs=MADE)
    assert output.data["_memoryValue"] == "draft"


async def test_what_is_compared_and_judged() -> None:
    compared = await run(Condition, {"field": "_nodes.3f-a1.content", "value": "draft"}, RECEIVED, outputs=MADE)
    assert as_object(compared.data["_condition"])["result"] is True
    judged = await run(
        Evaluation, {"valuePath": "_nodes.3f-a1.content", "requiredText": "draft"}, RECEIVED, outputs=MADE
    )
    assert as_object(judged.data["_evaluation"])["passed"] is True


async def test_what_is_mapped() -> None:
    mappings: JsonObject = {"before": "_nodes.3f-a1.content", "after": "content", "never": "_nodes.zz.content"}
    output = await run(Transformer, {"mappings": mappings}, RECEIVED, outputs=MADE)
    assert output.data == {"before": "draft", "after": "final"}


async def test_scripts_that_name_them() -> None:
    scripts = FakeScriptSandbox()
    await run(Code, {"code": "return nodes['3f-a1'].n"}, RECEIVED, outputs=MADE, scripts=scripts)
    await run(Transformer, {"expression": "nodes"}, RECEIVED, outputs=MADE, scripts=scripts)
    await run(Code, {"code": "return input.nodesSeen"}, RECEIVED, outputs=MADE, scripts=scripts)
    await run(Transformer, {"expression": "data.content"}, RECEIVED, outputs=MADE, scripts=scripts)
    assert [each.globals for each in scripts.asked] == [{"nodes": MADE}, {"nodes": MADE}, {}, {}]
    assert all("nodes" not in each.variables for each in scripts.asked)


async def test_they_are_only_looked_at_and_not_handed_on() -> None:
    for kind, config in ((Condition, {"field": "x"}), (Evaluation, {}), (MemoryWrite, {"memoryKey": "k"})):
        output = await run(kind, {**config}, RECEIVED, outputs=MADE)
        assert "_nodes" not in output.data
        assert as_object(output.data.get("_memoryValue", {})).keys() <= RECEIVED.keys()
