from application.nodes.webhook_trigger import WebhookTrigger
from tests.unit.application.nodes.running import faults, run


async def test_hands_on_the_body_and_vouches_for_all_of_it() -> None:
    output = await run(WebhookTrigger, {"method": "POST"}, {"event": "paid"})
    assert output.data == {"event": "paid"}
    assert output.produced == output.data


def test_does_not_care_for_the_method() -> None:
    assert faults(WebhookTrigger, {"method": "whatever"}) == []
    assert faults(WebhookTrigger, {"method": 7}) == []
