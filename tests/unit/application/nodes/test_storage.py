import pytest

from application.nodes.storage import Storage
from domain.values.json import Json
from tests.unit.application.nodes.running import NOW_TEXT, faults, run


async def test_keeps_the_input_in_memory_and_replaces_it_with_a_receipt() -> None:
    output = await run(Storage, {"storageKey": "orders"}, {"a": 1})
    assert output.data == {
        "stored": True,
        "storageKey": "orders",
        "payload": {"a": 1},
        "persistedToExecutionContext": True,
        "storedAt": NOW_TEXT,
    }
    assert output.produced == output.data
    assert output.patch is not None
    assert output.patch.memory == {"storage.orders": {"a": 1}}


@pytest.mark.parametrize("switch", [False, "false", "FALSE"])
async def test_can_leave_memory_alone(switch: Json) -> None:
    output = await run(Storage, {"storageKey": "orders", "persistToExecutionContext": switch}, {"a": 1})
    assert output.data["persistedToExecutionContext"] is False
    assert output.patch is None


def test_needs_a_key() -> None:
    assert faults(Storage, {}) == [("storageKey", "required")]
    assert faults(Storage, {"storageKey": " "}) == [("storageKey", "required")]
