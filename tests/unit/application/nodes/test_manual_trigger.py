from application.nodes.manual_trigger import ManualTrigger
from tests.unit.application.nodes.running import faults, run


async def test_hands_on_the_payload_and_vouches_for_all_of_it() -> None:
    output = await run(ManualTrigger, {}, {"query": "x", "route": "left"})
    assert output.data == {"query": "x", "route": "left"}
    assert output.produced == output.data


def test_needs_no_config_and_ignores_what_is_there() -> None:
    assert faults(ManualTrigger, {"anything": [1]}) == []
