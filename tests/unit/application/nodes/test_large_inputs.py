"""While a node works on a large input, everything else goes on."""

import asyncio

import pytest

from application.nodes.data_cleaner import DataCleaner
from application.nodes.evaluation import Evaluation
from application.nodes.llm import Llm
from application.nodes.node import Node
from domain.values.json import JsonObject
from tests.unit.application.nodes.running import run


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (DataCleaner, {"operations": "mask-pii"}),
        (Evaluation, {"valuePath": "content"}),
        (Llm, {"provider": "extractive", "prompt": "{{content}}"}),
    ],
)
async def test_lets_others_work_meanwhile(kind: type[Node], config: JsonObject) -> None:
    working = asyncio.create_task(run(kind, config, {"content": ["ada@example.com"] * 1_000}))
    await asyncio.sleep(0)
    assert not working.done()
    await working
