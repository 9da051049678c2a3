"""Everything that can go wrong between REX and a provider ends in time, in bounds, and without the key."""

import asyncio
import gzip
import socket
import time
import tracemalloc
from datetime import timedelta
from email.utils import format_datetime
from traceback import format_exception

import pytest

from adapters.models.provider_models import ProviderModels
from domain.models.errors import (
    ModelFailed,
    ModelKeyRefused,
    ModelLimitReached,
    ModelRefused,
    ModelTooSlow,
    ModelUnavailable,
)
from tests.adapters.models.calls import KEY, LITTLE, a_request
from tests.fakes.clock import NOON, FakeClock
from tests.model_server import GOOD_TEXT, Answer, ModelServer, as_json, openai_says, refusing, zipped

MOST_TEXT = 300 + 200
ENDLESS_NAME = b"\x1f\x8b\x08\x08" + bytes(6)
"""A gzip header that announces a file name; what follows unpacks to nothing until the name ends."""


async def failure_of(models: ProviderModels, server: ModelServer, *answers: Answer, **changes: float) -> ModelFailed:
    """What a call ends with; whatever it is, it is short and holds no key."""
    server.next(*answers)
    with pytest.raises(ModelFailed) as failed:
        await models.complete(a_request("groq", **changes))
    assert KEY.lower() not in "".join(format_exception(failed.value)).lower()
    assert len(str(failed.value)) < MOST_TEXT
    assert "Groq" in str(failed.value)
    return failed.value


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (400, ModelRefused, "Check the model's name"),
        (401, ModelKeyRefused, "Check the key in Settings."),
        (402, ModelRefused, "credit"),
        (403, ModelKeyRefused, "Check the key in Settings"),
        (404, ModelRefused, "Check the model's name"),
        (413, ModelRefused, "Shorten the prompt"),
        (418, ModelRefused, "Check the provider's address"),
        (501, ModelUnavailable, "try again later"),
    ],
)
async def test_a_refusal_names_the_status_and_what_to_do(
    models: ProviderModels, server: ModelServer, status: int, kind: type[ModelFailed], advice: str
) -> None:
    failure = await failure_of(models, server, refusing(status, "No such luck"))
    assert type(failure) is kind
    assert failure.status == status
    assert f"Groq answered {status}: No such luck. " in str(failure)
    assert advice in str(failure)
    assert len(server.asked) == 1


async def test_geminis_wrong_key_is_a_bad_request_and_told_as_a_wrong_key(
    models: ProviderModels, server: ModelServer
) -> None:
    server.next(refusing(400, "API key not valid. Please pass a valid API key."))
    with pytest.raises(ModelKeyRefused, match=r"Check the key in Settings\.$"):
        await models.complete(a_request("gemini"))


@pytest.mark.parametrize(
    "told",
    [
        f"Incorrect API key provided: {KEY}",
        f"Incorrect API key provided: {KEY.upper()}",
        f"Incorrect API key provided: {KEY[:9]}*****{KEY[-9:]}",
        f"{'x' * 290} {KEY}",
        f"{'x' * 1990} {KEY}",
        "authorization: Bearer sk-other-key-0123456789",
        f"<b>{KEY}</b>",
    ],
)
async def test_a_key_in_the_providers_message_is_not_repeated(
    models: ProviderModels, server: ModelServer, told: str
) -> None:
    for answer in (refusing(401, told), Answer(status=401, body=told.encode())):
        failure = await failure_of(models, server, answer)
        shown = str(failure).lower()
        assert not any(KEY[at : at + 8].lower() in shown for at in range(len(KEY) - 7))
        assert "sk-other" not in shown


async def test_a_long_message_is_cut_and_put_on_one_line(models: ProviderModels, server: ModelServer) -> None:
    failure = await failure_of(models, server, refusing(400, "very\n\x00 long " * 1000))
    assert "very long very long" in str(failure)
    assert "…" in str(failure)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b'{"error": "\xff"}', b"[]", b"[" * 5000, b"<" * 60_000, b'{"error": {"message": 7}}'],
)
async def test_any_body_of_a_refusal_is_survived(models: ProviderModels, server: ModelServer, body: bytes) -> None:
    failure = await failure_of(models, server, Answer(status=400, body=body))
    assert failure.status == 400


async def test_an_answer_that_is_not_utf_8_is_no_json(models: ProviderModels, server: ModelServer) -> None:
    broken = Answer(body=b'{"choices": [{"message": {"content": "\xff"}}]}')
    assert "is not JSON" in str(await failure_of(models, server, broken))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_what_passes_is_tried_again_with_growing_pauses(
    models: ProviderModels, server: ModelServer, clock: FakeClock, status: int
) -> None:
    server.next(refusing(status, "Not now"), refusing(status, "Not now"))
    reply = await models.complete(a_request("groq"))
    assert reply.text == GOOD_TEXT
    assert clock.slept == [0.5, 1.0]


async def test_three_tries_are_all(models: ProviderModels, server: ModelServer) -> None:
    failure = await failure_of(models, server, *[refusing(429, "Slow down")] * 4)
    assert type(failure) is ModelLimitReached
    assert len(server.asked) == 3


@pytest.mark.parametrize("answer", [Answer(hang_up=True), Answer(body=b"{" * 500, cut_off=True)])
async def test_a_broken_connection_is_tried_again(models: ProviderModels, server: ModelServer, answer: Answer) -> None:
    server.next(answer)
    assert (await models.complete(a_request("groq"))).text == GOOD_TEXT
    assert "broke off" in str(await failure_of(models, server, *[answer] * 3))


async def test_nobody_at_the_address_is_told_after_three_tries(models: ProviderModels, server: ModelServer) -> None:
    await server.stop()
    failure = await failure_of(models, server)
    assert type(failure) is ModelUnavailable
    assert failure.status is None
    assert "cannot be reached" in str(failure)


@pytest.mark.parametrize("asked", ["2", "2.0", format_datetime(NOON + timedelta(seconds=2), usegmt=True)])
async def test_retry_after_is_honoured(
    models: ProviderModels, server: ModelServer, clock: FakeClock, asked: str
) -> None:
    server.next(refusing(429, "Slow down", retry_after=asked))
    await models.complete(a_request("groq"))
    assert clock.slept == [2.0]


@pytest.mark.parametrize(("asked", "slept"), [("34s", [34]), ("0.5s", [0.5]), ("soon", [0.5])])
async def test_a_pause_that_gemini_asks_for_in_the_body_is_honoured(
    models: ProviderModels, server: ModelServer, clock: FakeClock, asked: str, slept: list[float]
) -> None:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": asked}
    server.next(as_json({"error": {"code": 429, "message": "Quota", "details": [info]}}, status=429))
    assert (await models.complete(a_request("gemini", timeout=60))).text == GOOD_TEXT
    assert clock.slept == slept


@pytest.mark.parametrize("asked", ["soon", "-3", "Mon, 99 Foo 2026", "9" * 400, "nan"])
async def test_a_retry_after_that_makes_no_sense_is_not(
    models: ProviderModels, server: ModelServer, clock: FakeClock, asked: str
) -> None:
    server.next(refusing(429, "Slow down", retry_after=asked))
    await models.complete(a_request("groq"))
    assert clock.slept == [0.5]


async def test_a_pause_beyond_the_time_limit_is_not_begun(
    models: ProviderModels, server: ModelServer, clock: FakeClock
) -> None:
    failure = await failure_of(models, server, refusing(429, "Slow down", retry_after="120"))
    assert "It asks to wait 120 s." in str(failure)
    assert clock.slept == []
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(wait=30),
        Answer(body=b"{" * 1000, drip=0.05),
        Answer(status=500, body=b"{" * 1000, drip=0.05),
    ],
)
async def test_the_time_limit_holds_for_waiting_and_for_dripping(
    models: ProviderModels, server: ModelServer, answer: Answer
) -> None:
    begun = time.monotonic()
    failure = await failure_of(models, server, answer, timeout=0.2)
    assert time.monotonic() - begun < 0.6
    assert type(failure) is ModelTooSlow
    assert "did not answer within 0.2 s" in str(failure)


async def test_cancelling_ends_the_call_at_once_and_hangs_up(models: ProviderModels, server: ModelServer) -> None:
    server.next(Answer(wait=30))
    call = asyncio.create_task(models.complete(a_request("groq")))
    while not server.asked:
        await asyncio.sleep(0.005)
    begun = time.monotonic()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.wait_for(server.dropped.wait(), 0.2)
    assert time.monotonic() - begun < 0.2


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b'{"choices": [', b"\xff\xfe", b"[" * 20_000, b'{"choices": [{"message": {"refusal": NaN}}]}'],
)
async def test_what_is_not_json_is_told_as_such(models: ProviderModels, server: ModelServer, body: bytes) -> None:
    failure = await failure_of(models, server, Answer(body=body))
    assert type(failure) is ModelUnavailable
    assert "The answer of Groq" in str(failure)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b'{"choices": 7}', b'{"choices": [7]}'])
async def test_another_shape_is_told_as_such(models: ProviderModels, server: ModelServer, body: bytes) -> None:
    assert "an unexpected shape" in str(await failure_of(models, server, Answer(body=body)))


async def test_a_redirect_is_not_followed(models: ProviderModels, server: ModelServer) -> None:
    elsewhere = Answer(status=307, headers={"location": f"{server.url}/elsewhere"})
    failure = await failure_of(models, server, elsewhere)
    assert "Redirects are not followed" in str(failure)
    assert len(server.asked) == 1


async def test_compressed_answers_are_read(models: ProviderModels, server: ModelServer) -> None:
    server.next(zipped(as_json(openai_says("Small.")).body))
    assert (await models.complete(a_request("groq"))).text == "Small."


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b" " * (LITTLE + 1)),
        Answer(keeps_sending=b" " * 4096),
        zipped(b" " * (LITTLE + 1)),
        Answer(body=ENDLESS_NAME, keeps_sending=b"a" * 4096, headers={"content-encoding": "gzip"}),
    ],
)
async def test_an_answer_without_end_is_dropped_at_the_limit(
    models: ProviderModels, server: ModelServer, answer: Answer
) -> None:
    failure = await failure_of(models, server, answer)
    assert f"larger than {LITTLE} bytes" in str(failure)
    assert len(server.asked) == 1


async def test_a_small_body_that_unpacks_to_much_costs_little_memory(
    models: ProviderModels, server: ModelServer
) -> None:
    bomb = zipped(b" " * 50_000_000)
    tracemalloc.start()
    try:
        failure = await failure_of(models, server, bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert "larger than" in str(failure)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-4]),
        ("br", b"whatever"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0)),
    ],
)
async def test_a_compression_that_lies_or_is_unknown_is_told(
    models: ProviderModels, server: ModelServer, encoding: str, body: bytes
) -> None:
    failure = await failure_of(models, server, Answer(body=body, headers={"content-encoding": encoding}))
    assert "cannot be read: its compression is" in str(failure)


async def test_the_environments_proxy_is_not_asked(
    models: ProviderModels, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        assert (await models.complete(a_request("groq", timeout=1.0))).text == GOOD_TEXT


async def test_many_calls_share_the_client(models: ProviderModels, server: ModelServer) -> None:
    replies = await asyncio.gather(*(models.complete(a_request("groq")) for _ in range(50)))
    assert [each.text for each in replies] == [GOOD_TEXT] * 50


async def test_after_closing_calls_open_anew(models: ProviderModels, server: ModelServer) -> None:
    await models.complete(a_request("groq"))
    await models.aclose()
    assert (await models.complete(a_request("groq"))).text == GOOD_TEXT
