from application.nodes.output import Output
from tests.unit.application.nodes.running import EXECUTION_ID, NOW_TEXT, WORKFLOW_ID, faults, run


async def test_passes_the_input_on_and_says_when_and_where_it_was_collected() -> None:
    output = await run(Output, {}, {"content": "x", "_output": "older"})
    collected = {"collectedAt": NOW_TEXT, "executionId": str(EXECUTION_ID), "workflowId": str(WORKFLOW_ID)}
    assert output.data == {"content": "x", "_output": collected}
    assert output.produced == {"_output": collected}


def test_needs_no_config() -> None:
    assert faults(Output, {"anything": 1}) == []
