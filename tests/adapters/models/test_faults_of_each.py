"""What goes wrong does so in the same words, in time and in bounds, whichever protocol was spoken."""

from traceback import format_exception
from typing import Final

import pytest

from adapters.models.provider_models import ProviderModels
from domain.models.errors import ModelFailed, ModelKeyRefused, ModelLimitReached, ModelTooSlow, ModelUnavailable
from domain.models.provider import Provider
from tests.adapters.models.calls import KEY, LITTLE, a_request
from tests.fakes.clock import FakeClock
from tests.model_server import GOOD_TEXT, Answer, ModelServer, as_json, gemini_says, openai_says, refusing

TIMEOUT: Final = 0.2
HALF: Final = Answer(body=b'{"candidates": [], "choices": [' + b" " * 500, cut_off=True)

EACH = pytest.mark.parametrize("provider", [Provider.GEMINI, Provider.GROQ, Provider.OPENAI])


@EACH
@pytest.mark.parametrize(
    ("answer", "tries", "kind", "told"),
    [
        (Answer(wait=30), 1, ModelTooSlow, "did not answer within 0.2 s"),
        (Answer(body=b"{" * 1000, drip=0.05), 1, ModelTooSlow, "did not answer within 0.2 s"),
        (refusing(429, "Slow down", retry_after="120"), 1, ModelLimitReached, "It asks to wait 120 s."),
        (refusing(429, f"{KEY} is busy", retry_after="0"), 3, ModelLimitReached, "answered 429"),
        (refusing(503, f"Overloaded by {KEY}", retry_after="0"), 3, ModelUnavailable, "answered 503"),
        (refusing(401, f"Unknown key {KEY}"), 1, ModelKeyRefused, "Check the key in Settings."),
        (Answer(body=b'{"candidates": [{"con'), 1, ModelUnavailable, "is not"),
        (Answer(body=b'{"candidates": 7, "choices": 7}'), 1, ModelUnavailable, "an unexpected shape"),
        (Answer(keeps_sending=b" " * 4096), 1, ModelUnavailable, f"larger than {LITTLE} bytes"),
    ],
)
async def test_a_fault_is_told_with_the_providers_name_and_without_the_key(
    models: ProviderModels,
    server: ModelServer,
    provider: Provider,
    answer: Answer,
    tries: int,
    kind: type[ModelFailed],
    told: str,
) -> None:
    server.next(*[answer] * tries)
    with pytest.raises(kind) as failed:
        await models.complete(a_request(provider, timeout=TIMEOUT))
    assert provider.label in str(failed.value)
    assert told in str(failed.value)
    assert KEY not in "".join(format_exception(failed.value))
    assert len(server.asked) == tries


@EACH
@pytest.mark.parametrize("broken", [HALF, Answer(hang_up=True)])
async def test_what_broke_off_is_asked_for_three_times(
    models: ProviderModels, server: ModelServer, provider: Provider, broken: Answer
) -> None:
    server.next(*[broken] * 3)
    with pytest.raises(ModelUnavailable, match="broke off"):
        await models.complete(a_request(provider))
    assert len(server.asked) == 3


@EACH
async def test_waits_as_long_as_it_is_asked_to_and_goes_on(
    models: ProviderModels, server: ModelServer, clock: FakeClock, provider: Provider
) -> None:
    server.next(refusing(429, "Slow down", retry_after="2"))
    assert (await models.complete(a_request(provider))).text == GOOD_TEXT
    assert clock.slept == [2.0]


@EACH
async def test_an_answer_that_hit_the_token_limit_says_so(
    models: ProviderModels, server: ModelServer, provider: Provider
) -> None:
    is_gemini = provider is Provider.GEMINI
    said = gemini_says("Half of", finish="MAX_TOKENS") if is_gemini else openai_says("Half of", finish="length")
    server.next(as_json(said))
    reply = await models.complete(a_request(provider))
    assert (reply.text, reply.finish_reason.value) == ("Half of", "length")
    assert "cut at the limit of 1200 tokens" in reply.warnings[0]
