from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from application.nodes.knowledge_ingest import KnowledgeIngest
from application.nodes.node import NodeFailed, NodeOutput
from application.ports.knowledge import Ingested, Ingestion, Search
from domain.errors import LimitExceeded, Unavailable
from domain.knowledge.match import Match
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType
from domain.values.json import Json, JsonObject
from tests.fakes.in_memory_knowledge import InMemoryKnowledge
from tests.unit.application.nodes.running import (
    EXECUTION_ID,
    NOW_TEXT,
    OWNER_ID,
    WORKFLOW_ID,
    a_context,
    faults,
    run,
)

OTHER_ID = uuid4()


class Asked(InMemoryKnowledge):
    """Remembers what it was asked to keep."""

    def __init__(self, **sizes: int) -> None:
        super().__init__(**sizes)
        self.ingestions: list[Ingestion] = []

    async def ingest(self, ingestion: Ingestion) -> Sequence[Ingested]:
        self.ingestions.append(ingestion)
        return await super().ingest(ingestion)

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(each.title, each.text) for ingestion in self.ingestions for each in ingestion.texts]

    async def all(self, query: str) -> Sequence[Match]:
        return (await self.search(Search(owner_id=OWNER_ID, query=query))).matches


async def kept(
    config: JsonObject, received: JsonObject | None = None, knowledge: Asked | None = None, **parts: Any
) -> tuple[NodeOutput, Asked]:
    asked = knowledge or Asked()
    context = a_context(ingestion=asked, search=asked, **parts)
    return await run(KnowledgeIngest, config, received, context=context), asked


def told(output: NodeOutput, key: str = "_knowledgeIngestion") -> Any:
    return output.data[key]


async def test_keeps_a_text_that_is_found_at_once_and_passes_its_input_on() -> None:
    output, asked = await kept({"contentPath": "doc.text", "title": "Tides"}, {"doc": {"text": " The moon. "}})
    [found] = await asked.all("moon")
    assert (found.title, found.content) == ("Tides", "The moon.")
    ids = {"corpusId": str(found.corpus_id), "documentId": str(found.document_id)}
    assert output.data == {
        "doc": {"text": " The moon. "},
        "_knowledgeIngestion": {
            "ingestedCount": 1,
            "corpusId": str(found.corpus_id),
            "documents": [{**ids, "chunkCount": 1, "status": "ready", "title": "Tides"}],
            "ingestedAt": NOW_TEXT,
        },
    }
    assert output.patch is not None
    assert output.patch.memory == {"knowledge.activeCorpusId": str(found.corpus_id)}
    assert list(output.produced) == ["_knowledgeIngestion"]


@pytest.mark.parametrize(
    ("config", "received", "texts"),
    [
        ({"contentPath": "a", "contentTemplate": "t"}, {"a": "path"}, ["path"]),
        ({"contentPath": "a", "contentTemplate": "t {{b}}{{c}}"}, {"b": 1.0}, ["t 1"]),
        ({"contentPath": "a", "contentTemplate": "t"}, {"a": " "}, ["t"]),
        ({"contentPath": "a"}, {"a": {"b": [1]}}, ['{"b":[1]}']),
        ({"contentPath": "a"}, {"a": 7}, ["7"]),
        ({"documentsPath": "d", "contentPath": "a"}, {"d": ["x", "y"], "a": "z"}, ["x", "y"]),
        ({"documentsPath": "d", "contentPath": "a"}, {"d": [], "a": "z"}, ["z"]),
        ({"documentsPath": "d", "contentPath": "a"}, {"d": [{}, " "], "a": "z"}, ["z"]),
        ({"documentsPath": "d", "contentPath": "a"}, {"d": "no list", "a": "z"}, ["z"]),
        ({"contentPath": "_nodes.far.text"}, {}, ["from afar"]),
        ({"contentTemplate": "{{_nodes.far.text}}"}, {}, ["from afar"]),
    ],
)
async def test_takes_what_the_first_given_source_says(
    config: JsonObject, received: JsonObject, texts: list[str]
) -> None:
    _, asked = await kept(config, received, outputs={"far": {"text": "from afar"}})
    assert [text for _, text in asked.texts] == texts


@pytest.mark.parametrize(
    ("config", "title"),
    [
        ({}, "Runtime Document"),
        ({"title": "Fixed"}, "Fixed"),
        ({"title": ""}, "Runtime Document"),
        ({"title": "Fixed", "titleTemplate": "On {{topic}}"}, "On tides"),
        ({"title": "Fixed", "titleTemplate": "{{none}} "}, "Fixed"),
        ({"titleTemplate": "On {{topic}}", "titlePath": "name"}, "Named"),
        ({"titleTemplate": "On {{topic}}", "titlePath": "none"}, "On tides"),
        ({"title": "x" * 300}, "x" * 255),
    ],
)
async def test_names_a_document_by_path_then_template_then_name(config: JsonObject, title: str) -> None:
    received: JsonObject = {"text": "a", "topic": "tides", "name": " Named "}
    _, asked = await kept({"contentPath": "text", **config}, received)
    assert asked.texts == [(title, "a")]


@pytest.mark.parametrize(
    ("element", "title", "text"),
    [
        ("plain", "Paper #1", "plain"),
        (12.0, "Paper #1", "12"),
        (True, "Paper #1", "true"),
        ([1, "a"], "Paper #1", '[1,"a"]'),
        ({"contentText": "one", "content": "two", "text": "three"}, "Paper #1", "one"),
        ({"content": "two", "text": "three"}, "Paper #1", "two"),
        ({"text": "three", "title": "Own", "name": "Name"}, "Own", "three"),
        ({"text": "three", "title": " ", "name": "Name"}, "Name", "three"),
        ({"contentText": "", "text": {"a": 1}}, "Paper #1", '{"a":1}'),
    ],
)
async def test_reads_the_elements_of_a_list_whatever_they_are(element: Json, title: str, text: str) -> None:
    _, asked = await kept({"documentsPath": "d", "title": "Paper"}, {"d": [element]})
    assert asked.texts == [(title, text)]


async def test_documents_say_their_own_kind_and_what_else_there_is_to_know() -> None:
    elements: list[Json] = [
        {"text": "a", "sourceType": "api", "metadata": {"page": 1}},
        {"text": "b", "sourceType": "pigeon", "metadata": "none"},
    ]
    _, asked = await kept({"documentsPath": "d", "sourceType": "upload"}, {"d": elements})
    one, two = asked.ingestions[0].texts
    assert (one.source_type, one.metadata) == ("api", {"page": 1})
    assert (two.source_type, two.metadata) == ("upload", {"sourceIndex": 1, "extractedFrom": "d"})


async def test_tells_what_became_of_each_document() -> None:
    received: JsonObject = {"d": [{"title": "Empty"}, {"text": "short"}, {"text": "long " * 9}, None]}
    output, _ = await kept({"documentsPath": "d"}, received, Asked(owner_capacity=20))
    said = told(output)
    assert said["ingestedCount"] == 1
    assert [(each["status"], each["chunkCount"]) for each in said["documents"]] == [("ready", 1), ("failed", 0)]
    assert said["documents"][1]["error"] == "There is no room for another 44 characters"
    assert [each["sourceIndex"] for each in said["unusable"]] == [0, 3]


async def test_fails_where_there_were_documents_and_none_could_be_kept() -> None:
    with pytest.raises(NodeFailed, match="None of 2 documents could be kept: There is no room"):
        await kept({"documentsPath": "d"}, {"d": ["one", "two"]}, Asked(owner_capacity=1))


DEEP: Json = {"a": [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ({"text": "a", "metadata": {"a": "x" * 65_536}}, "metadata: Must not be larger than 65536 bytes"),
        ({"text": "a", "metadata": DEEP}, "metadata: Must not be nested deeper than 16"),
        ({"text": "x" * 8_000_001}, "The text has 8000001 characters, more than 8000000"),
        ("x" * 8_000_001, "The text has 8000001 characters, more than 8000000"),
    ],
    ids=["large metadata", "deep metadata", "long text", "bare long text"],
)
async def test_says_which_documents_are_more_than_can_be_kept(element: Json, reason: str) -> None:
    output, asked = await kept({"documentsPath": "d"}, {"d": ["fine", element]})
    assert told(output)["unusable"] == [{"sourceIndex": 1, "reason": reason}]
    assert [text for _, text in asked.texts] == ["fine"]
    with pytest.raises(NodeFailed, match=f"None of 2 documents could be kept: {reason}"):
        await kept({"documentsPath": "d"}, {"d": [{}, element]})


async def test_fails_where_the_only_document_is_too_long() -> None:
    with pytest.raises(NodeFailed, match="The document could not be kept: The text has 8000001 characters"):
        await kept({"contentPath": "a"}, {"a": "x" * 8_000_001})


async def test_the_same_text_again_is_the_document_that_is_there() -> None:
    knowledge = Asked()
    first, _ = await kept({"contentTemplate": "same"}, {}, knowledge)
    again, _ = await kept({"contentTemplate": "same"}, {}, knowledge)
    assert told(again)["documents"] == [{**told(first)["documents"][0], "isKnown": True}]
    assert len(await knowledge.all("same")) == 1


@pytest.mark.parametrize(
    ("config", "received", "reason"),
    [
        ({"contentPath": "a"}, {}, "The input holds no documents"),
        ({"documentsPath": "d"}, {"d": []}, "The input holds no documents"),
        ({"documentsPath": "d"}, {"d": 3}, '"d" is not a list of documents'),
        ({"documentsPath": "d"}, {"d": [{}, {}]}, "None of 2 documents has a text"),
        ({}, {}, "The input holds no documents"),
    ],
)
async def test_nothing_to_keep_is_said_and_no_failure_unless_something_is_required(
    config: JsonObject, received: JsonObject, reason: str
) -> None:
    output, asked = await kept({**config, "outputKey": "kept"}, received)
    said = told(output, "kept")
    assert (said["skipped"], said["reason"], said["ingestedCount"]) == (True, reason, 0)
    assert said["ingestedAt"] == NOW_TEXT
    assert (asked.ingestions, output.patch) == ([], None)
    if config:
        with pytest.raises(NodeFailed, match=reason):
            await kept({**config, "required": "true"}, received)


@pytest.mark.parametrize(
    ("config", "scope"),
    [
        ({}, EVERYWHERE),
        ({"scopeType": "user"}, Scope(type=ScopeType.USER)),
        ({"scopeType": "workflow"}, Scope(type=ScopeType.WORKFLOW, workflow_id=WORKFLOW_ID)),
        ({"scopeType": "execution"}, Scope(type=ScopeType.EXECUTION, execution_id=EXECUTION_ID)),
        ({"executionIdScope": str(EXECUTION_ID)}, Scope(type=ScopeType.EXECUTION, execution_id=EXECUTION_ID)),
    ],
)
async def test_keeps_for_the_owner_of_the_run_where_the_config_says(config: JsonObject, scope: Scope) -> None:
    _, asked = await kept({"contentTemplate": "a", **config})
    [ingestion] = asked.ingestions
    assert (ingestion.owner_id, ingestion.workflow_id, ingestion.execution_id) == (OWNER_ID, WORKFLOW_ID, EXECUTION_ID)
    assert ingestion.scope == scope


async def test_a_refusal_fails_the_node_in_words() -> None:
    with pytest.raises(NodeFailed, match="Documents could not be kept: "):
        await kept({"contentTemplate": "a", "corpusId": str(OTHER_ID)})

    class Down(Asked):
        async def ingest(self, ingestion: Ingestion) -> Sequence[Ingested]:
            raise refusal

    for refusal in (Unavailable("down"), LimitExceeded("full")):
        with pytest.raises(NodeFailed, match=f"Documents could not be kept: {refusal}"):
            await kept({"contentTemplate": "a"}, {}, Down())


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"required": "true"}, [("documentsPath", "required")]),
        ({"required": True, "contentTemplate": " "}, [("documentsPath", "required")]),
        ({"required": True, "contentPath": "a"}, []),
        ({"corpusId": "mine"}, [("corpusId", "bad_id")]),
        ({"scopeType": "world"}, [("scopeType", "unknown_choice")]),
        ({"sourceType": "pigeon"}, [("sourceType", "unknown_choice")]),
        ({"corpusId": "", "scopeType": "", "workflowIdScope": "", "sourceType": "", "outputKey": ""}, []),
    ],
)
def test_names_what_is_wrong_with_its_config(config: JsonObject, named: list[tuple[str, str]]) -> None:
    assert faults(KnowledgeIngest, config) == named
