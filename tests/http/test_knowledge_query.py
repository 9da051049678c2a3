"""Questions to knowledge."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from application.ports.chunk_index import ChunkBatch
from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.scope import Scope, ScopeType
from domain.values.json import JsonObject
from tests.contracts.libraries import EMBEDDER, a_chunk
from tests.fakes.library import Held
from tests.http.api import Api, Person, issue_paths, refusal

ANYTHING = {"query": "fox"}


async def read(api: Api, person: Person, *texts: str, metadata: JsonObject | None = None) -> str:
    """The id of the corpus that holds these texts now."""
    corpus_id, document_id = CorpusId(uuid4()), DocumentId(uuid4())
    api.library.corpora[corpus_id] = (UserId(UUID(person.user["id"])), Scope(type=ScopeType.USER))
    api.library.documents[document_id] = Held(corpus_id, "Animals", metadata or {})
    chunks = [await a_chunk(index, text) for index, text in enumerate(texts)]
    batch = ChunkBatch(
        document_id=document_id, corpus_id=corpus_id, epoch=1, title="Animals", space=EMBEDDER.space, chunks=chunks
    )
    assert await api.library.publish([batch])
    return str(corpus_id)


async def asked(person: Person, **question: Any) -> dict[str, Any]:
    answer = await person.post("/api/knowledge/query", json={**ANYTHING, **question})
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_answers_with_matches_best_first(api: Api, person: Person) -> None:
    corpus_id = await read(api, person, "a grey wolf", "a red fox")
    data = await asked(person, query="red fox", corpusId=corpus_id.upper())
    assert data["query"] == "red fox"
    best = data["matches"][0]
    assert list(best) == [
        "corpusId",
        "documentId",
        "chunkId",
        "chunkIndex",
        "score",
        "content",
        "title",
        "sourceType",
        "metadata",
        "components",
    ]
    assert (best["corpusId"], best["chunkIndex"], best["content"]) == (corpus_id, 1, "a red fox")
    assert best["score"] == 1
    assert best["components"]["lexical"]["rank"] == best["components"]["dense"]["rank"] == 1
    assert "explanation" not in data


async def test_finds_nothing_where_nothing_is(api: Api, person: Person) -> None:
    assert (await asked(person))["matches"] == []
    await read(api, person, "a fox")
    assert (await asked(person, corpusId=str(uuid4())))["matches"] == []
    assert (await asked(await api.somebody()))["matches"] == []


@pytest.mark.parametrize(("top_k", "count"), [(1, 1), ("2", 2), (" 3.0 ", 3), (2.0, 2), (True, 1), (50, 9)])
async def test_takes_the_number_of_matches_however_it_is_written(
    api: Api, person: Person, top_k: object, count: int
) -> None:
    await read(api, person, *(f"fox {number}" for number in range(9)))
    assert len((await asked(person, topK=top_k))["matches"]) == count


async def test_returns_eight_unless_told_otherwise(api: Api, person: Person) -> None:
    await read(api, person, *(f"fox {number}" for number in range(9)))
    assert len((await asked(person))["matches"]) == 8


@pytest.mark.parametrize(
    ("question", "paths"),
    [
        ({"query": ""}, [["query"]]),
        ({"query": "x" * 10_001}, [["query"]]),
        ({"query": None, "topK": 51}, [["query"], ["topK"]]),
        ({"topK": 0}, [["topK"]]),
        ({"topK": "51"}, [["topK"]]),
        ({"topK": ""}, [["topK"]]),
        ({"topK": None}, [["topK"]]),
        ({"topK": False}, [["topK"]]),
        ({"topK": 1.5}, [["topK"]]),
        ({"corpusId": "strange"}, [["corpusId"]]),
        ({"scopeType": "workflow"}, [["workflowId"]]),
        ({"scopeType": "execution", "workflowId": str(uuid4())}, [["executionId"]]),
        ({"scopeType": "world", "mode": "fuzzy"}, [["scopeType"], ["mode"]]),
        ({"filters": []}, [["filters"]]),
        ({"filters": {"year": {"above": 1}}}, [["filters", "year", "above"]]),
        ({"filters": {"year": {"gt": [1]}, "": 1}}, [["filters", "year", "gt"], ["filters", ""]]),
        ({"filters": {"a..b": 1}}, [["filters", "a..b"]]),
        ({"filters": {"year": {"in": 1}}}, [["filters", "year", "in"]]),
        ({"filters": {"year": {"in": [[1]]}}}, [["filters", "year", "in"]]),
        ({"filters": {"year": {"exists": "yes"}}}, [["filters", "year", "exists"]]),
        ({"filters": {str(at): at for at in range(21)}}, [["filters"]]),
        ({"filters": {"lang": {}}}, [["filters", "lang"]]),
        ({"filters": {"lang": "a" * 1001}}, [["filters", "lang"]]),
        ({"filters": {"lang": {"eq": "a" * 1001, "lt": "z" * 1000}}}, [["filters", "lang", "eq"]]),
        ({"filters": {"lang": {"in": ["a", "a" * 1001]}}}, [["filters", "lang", "in", 1]]),
        ({"explainChunkId": 1}, [["explainChunkId"]]),
    ],
)
async def test_refuses_what_makes_no_sense(
    person: Person, question: dict[str, Any], paths: list[list[str | int]]
) -> None:
    answer = await person.post("/api/knowledge/query", json={**ANYTHING, **question})
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    assert issue_paths(answer) == paths


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        ({"year": 2024}, True),
        ({"year": {"gte": 2024, "lt": 2025}}, True),
        ({"year": {"gt": 2024}}, False),
        ({"author.name": {"in": ["Ada", "Grace"]}}, True),
        ({"author.name": "Ada", "year": 1999}, False),
        ({"draft": {"exists": False}}, True),
        ({"tags": "b"}, True),
    ],
)
async def test_looks_only_where_the_filters_let_it(
    api: Api, person: Person, filters: dict[str, Any], is_found: bool
) -> None:
    await read(api, person, "a fox", metadata={"year": 2024, "author": {"name": "Ada"}, "tags": ["a", "b"]})
    assert bool((await asked(person, filters=filters))["matches"]) is is_found


async def test_searches_by_words_alone_and_by_meaning_alone(api: Api, person: Person) -> None:
    await read(api, person, "a transmission")
    assert (await asked(person, query="transmision", mode="lexical"))["matches"] == []
    assert set((await asked(person, query="transmision", mode="dense"))["matches"][0]["components"]) == {"dense"}


async def test_explains_itself_when_asked(api: Api, person: Person) -> None:
    await read(api, person, "a red fox", "a grey wolf")
    data = await asked(person, query="the red fox", explain=True, mode="lexical")
    assert data["explanation"]["terms"] == ["red", "fox"]
    assert data["explanation"]["legs"]["lexical"]["found"] == 1
    assert "chunk" not in data["explanation"]
    chunk_id = (await asked(person, query="grey wolf"))["matches"][0]["chunkId"]
    report = (await asked(person, query="the red fox", mode="lexical", explainChunkId=chunk_id))["explanation"]["chunk"]
    assert (report["chunkId"], report["verdict"], report["rank"]) == (chunk_id, "not-ranked", None)
    assert (report["terms"], report["missing"]) == ([], ["red", "fox"])
    assert report["reason"]


async def test_says_where_only_words_could_be_searched(api: Api, person: Person) -> None:
    corpus_id = await read(api, person, "a red fox")
    assert "warnings" not in await asked(person, query="red fox")
    api.library.spaces[CorpusId(UUID(corpus_id))] = EmbeddingSpace("lost", 3)
    data = await asked(person, query="red fox", explain=True)
    assert [match["content"] for match in data["matches"]] == ["a red fox"]
    assert len(data["warnings"]) == 1
    assert '"lost"' in data["warnings"][0]


async def test_refuses_to_search_by_meaning_where_no_embedder_is_at_hand(api: Api, person: Person) -> None:
    corpus_id = await read(api, person, "a red fox")
    api.library.spaces[CorpusId(UUID(corpus_id))] = EmbeddingSpace("lost", 3)
    answer = await person.post("/api/knowledge/query", json={"query": "fox", "mode": "dense"})
    status, code, message = refusal(answer)
    assert (status, code) == (503, "EMBEDDING_UNAVAILABLE")
    assert '"lost" of 3' in message


async def test_the_explanation_is_of_the_answer_that_it_comes_with(api: Api, person: Person) -> None:
    await read(api, person, "a red fox", "a grey wolf")
    plain = await asked(person, query="red fox")
    assert (await asked(person, query="red fox", explain=True))["matches"] == plain["matches"]
