"""Vectors asked for over HTTP: what is sent, what is believed, and what is refused."""

import math
from traceback import format_exception

import pytest

from adapters.embeddings.openai_compatible import OpenAiCompatibleEmbedder
from adapters.models.endpoint import Endpoint
from adapters.models.provider_http import ProviderHttp
from domain.errors import DomainError
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.errors import EmbeddingRefused, EmbeddingUnavailable
from tests.adapters.embeddings.conftest import KEY, LITTLE
from tests.fakes.clock import FakeClock
from tests.model_server import Answer, ModelServer, as_json, openai_embeds, refusing, vector_of, zipped

UNIT = [1.0, 0.0, 0.0]


async def failure_of(openai: OpenAiCompatibleEmbedder, server: ModelServer, *answers: Answer) -> DomainError:
    """What asking for two vectors ends with; whatever it is, it is short and holds no key."""
    server.next(*answers)
    with pytest.raises(DomainError) as failed:
        await openai.embed_documents(["one", "two"])
    assert KEY.lower() not in "".join(format_exception(failed.value)).lower()
    assert len(str(failed.value)) < 700
    assert "Served" in str(failed.value)
    return failed.value


async def test_asks_as_the_protocol_says(openai: OpenAiCompatibleEmbedder, server: ModelServer) -> None:
    await openai.embed_query("lift")
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/embeddings")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.json == {"model": "served-model", "input": ["lift"]}


async def test_vectors_are_put_in_order_and_brought_to_length_one(openai: OpenAiCompatibleEmbedder) -> None:
    vectors = await openai.embed_documents(["a", "bbb", "cc"])
    for text, vector in zip(["a", "bbb", "cc"], vectors, strict=True):
        length = math.hypot(*vector_of(text))
        assert vector == pytest.approx([each / length for each in vector_of(text)])


async def test_only_models_that_can_are_asked_for_a_size(server: ModelServer) -> None:
    http = ProviderHttp(FakeClock())
    endpoint = Endpoint(http=http, name="Served", url=f"{server.url}/v1/embeddings")
    await OpenAiCompatibleEmbedder(endpoint, model="text-embedding-3-small", dimensions=3).embed_query("lift")
    await http.aclose()
    assert server.asked[0].json["dimensions"] == 3
    assert "authorization" not in server.asked[0].headers


def test_the_space_is_of_one_model_and_one_size(openai: OpenAiCompatibleEmbedder) -> None:
    assert openai.space == EmbeddingSpace("openai:served-model", 3)


def test_models_of_one_name_on_two_servers_have_spaces_of_their_own() -> None:
    def space(base_url: str | None) -> str:
        endpoint = Endpoint(http=ProviderHttp(FakeClock()), name="Served", url="http://nowhere")
        return OpenAiCompatibleEmbedder(endpoint, model="bge-m3", dimensions=3, base_url=base_url).space.name

    one = space("http://one.example:8080/v1")
    assert one.startswith("openai:bge-m3@")
    assert "example" not in one
    assert one == space("HTTP://One.Example:8080/v1/")
    assert space("https://one.example/v1") == space("https://one.example:443/v1")
    others = [space("http://two.example:8080/v1"), space("http://one.example/v1"), space("http://one.example:8080/v2")]
    assert len({one, space(None), *others}) == 5
    assert space(None) == "openai:bge-m3"


async def test_many_texts_go_in_batches(openai: OpenAiCompatibleEmbedder, server: ModelServer) -> None:
    texts = [str(number) for number in range(100, 250)]
    vectors = await openai.embed_documents(texts)
    assert [len(each.json["input"]) for each in server.asked] == [64, 64, 22]
    assert [text for each in server.asked for text in each.json["input"]] == texts
    assert len(vectors) == 150


async def test_large_texts_go_in_smaller_batches_and_none_is_left_out(
    openai: OpenAiCompatibleEmbedder, server: ModelServer
) -> None:
    await openai.embed_documents(["a" * 60_000, "b" * 60_000, "c" * 150_000, "d", "e"])
    assert [[text[0] for text in each.json["input"]] for each in server.asked] == [["a"], ["b"], ["c"], ["d", "e"]]


async def test_answers_with_large_vectors_stay_below_the_limit(server: ModelServer) -> None:
    http = ProviderHttp(FakeClock())
    endpoint = Endpoint(http=http, name="Served", url=f"{server.url}/v1/embeddings")
    large = OpenAiCompatibleEmbedder(endpoint, model="large", dimensions=4000)
    server.next(*[as_json(openai_embeds([[-1.2345678901234567e-05] * 4000] * 25))] * 2)
    assert len(await large.embed_documents(["text"] * 50)) == 50
    await http.aclose()


async def test_too_many_requests_are_waited_out(openai: OpenAiCompatibleEmbedder, server: ModelServer) -> None:
    server.next(refusing(429, "Slow down", retry_after="2"), refusing(503, "Not now"))
    assert len(await openai.embed_documents(["one"])) == 1
    assert len(server.asked) == 3


@pytest.mark.parametrize("answer", [Answer(hang_up=True), Answer(body=b"{" * 500, cut_off=True)])
async def test_a_broken_connection_is_tried_again(
    openai: OpenAiCompatibleEmbedder, server: ModelServer, answer: Answer
) -> None:
    server.next(answer)
    assert len(await openai.embed_documents(["one"])) == 1
    assert type(await failure_of(openai, server, *[answer] * 3)) is EmbeddingUnavailable


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_pass_is_unavailable(openai: OpenAiCompatibleEmbedder, server: ModelServer, status: int) -> None:
    failure = await failure_of(openai, server, *[refusing(status, "Not now")] * 3)
    assert type(failure) is EmbeddingUnavailable
    assert f"Served answered {status}: Not now." in str(failure)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_what_will_not_pass_is_refused_and_says_what_to_set(
    openai: OpenAiCompatibleEmbedder, server: ModelServer, status: int
) -> None:
    failure = await failure_of(openai, server, refusing(status, f"No: {KEY}"))
    assert type(failure) is EmbeddingRefused
    assert "REX_EMBEDDING_MODEL" in str(failure)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"data": 7}',
        b'{"data": [{"index": 0}]}',
        b'{"data": [{"embedding": [1, 0, 0]}, {"embedding": [1, 0, 0]}]}',
        b'{"data": [{"index": 0, "embedding": "AAAA"}]}',
        b'{"data": [{"index": 0, "embedding": [1, null, 0]}, {"index": 1, "embedding": [1, 0, 0]}]}',
        b'{"data": [{"index": 0, "embedding": [1, NaN, 0]}, {"index": 1, "embedding": [1, 0, 0]}]}',
        b'{"error": {"message": "out of memory"}}',
        b"[" * 20_000,
    ],
)
async def test_another_shape_is_told_as_such(
    openai: OpenAiCompatibleEmbedder, server: ModelServer, body: bytes
) -> None:
    failure = await failure_of(openai, server, Answer(body=body))
    assert type(failure) is EmbeddingUnavailable
    assert "The answer of Served" in str(failure)


@pytest.mark.parametrize("indices", [[0], [0, 1, 2], [0, 0], [1, 2], []])
async def test_other_vectors_than_asked_for_are_not_believed(
    openai: OpenAiCompatibleEmbedder, server: ModelServer, indices: list[int]
) -> None:
    answer = as_json({"data": [{"index": each, "embedding": UNIT} for each in indices]})
    failure = await failure_of(openai, server, answer)
    assert type(failure) is EmbeddingUnavailable
    assert "asked for 2 vectors" in str(failure)


@pytest.mark.parametrize("vector", [[1.0, 0.0], [1.0, 0.0, 0.0, 0.0], []])
async def test_a_vector_of_another_size_is_refused(
    openai: OpenAiCompatibleEmbedder, server: ModelServer, vector: list[float]
) -> None:
    failure = await failure_of(openai, server, as_json(openai_embeds([UNIT, vector])))
    assert type(failure) is EmbeddingRefused
    assert f"vectors of {len(vector)} dimensions instead of 3. Set REX_EMBEDDING_DIMENSIONS" in str(failure)


@pytest.mark.parametrize("vector", [[0.0, 0.0, 0.0], [1.7e308, 1.7e308, 0.0]])
async def test_a_vector_without_direction_is_not_believed(
    openai: OpenAiCompatibleEmbedder, server: ModelServer, vector: list[float]
) -> None:
    failure = await failure_of(openai, server, as_json(openai_embeds([UNIT, vector])))
    assert "no direction" in str(failure)


@pytest.mark.parametrize("answer", [Answer(keeps_sending=b" " * 4096), zipped(b" " * (LITTLE + 1))])
async def test_an_answer_without_end_is_dropped_at_the_limit(
    openai: OpenAiCompatibleEmbedder, server: ModelServer, answer: Answer
) -> None:
    failure = await failure_of(openai, server, answer)
    assert type(failure) is EmbeddingUnavailable
    assert f"larger than {LITTLE} bytes" in str(failure)
