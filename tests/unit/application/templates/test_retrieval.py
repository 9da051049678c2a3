"""The retrievers of the templates do what their names say."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from application.nodes.knowledge_ingest import ACTIVE_CORPUS, KnowledgeIngest
from application.nodes.knowledge_retrieve import KnowledgeRetrieve
from application.ports.knowledge import SearchMode
from domain.ids import WorkflowId
from domain.knowledge.scope import Scope, ScopeType
from domain.templates.parameters import TemplateParameters
from domain.templates.published import PUBLISHED
from domain.templates.template import Template
from domain.values.json import JsonObject
from tests.fakes.knowledge import FakeKnowledge, FakeSearch, MeetingSearch, a_match
from tests.unit.application.nodes.running import EXECUTION_ID, WORKFLOW_ID, a_context, run

QUESTION: JsonObject = {"query": "tides"}
THIS_WORKFLOW = TemplateParameters(scope_type=ScopeType.WORKFLOW, workflow_id="this")
THIS_RUN = TemplateParameters(scope_type=ScopeType.EXECUTION, execution_id="this")


def config(template_id: str, given: TemplateParameters | None = None, key: str = "retrieve") -> JsonObject:
    nodes = PUBLISHED.get(template_id).draw(given or TemplateParameters()).nodes
    return next(node.config for node in nodes if node.key == key)


async def retrieved(search: FakeSearch, template_id: str, received: JsonObject | None = None, **parts: Any) -> Any:
    context = a_context(search=search, **parts)
    output = await run(KnowledgeRetrieve, config(template_id), received or QUESTION, context=context)
    return output.data["_knowledge"]


async def test_speculation_asks_all_at_the_same_time() -> None:
    search = MeetingSearch({"tides": [[a_match(1)]], "summary tides": [[a_match(2)]]}, parties=3)
    told = await retrieved(search, "speculative-rag")
    assert {each.mode for each in search.asked} == set(SearchMode)
    assert told["orchestration"]["retrieversTried"] == ["semantic", "keyword", "summary"]
    assert {each["chunkIndex"] for each in told["matches"]} == {1, 2}


async def test_an_agent_looks_for_words_where_meaning_finds_nothing() -> None:
    search = FakeSearch({"tides": [[], [a_match(1)]]})
    told = await retrieved(search, "agentic-rag")
    assert [(each.mode, each.top_k) for each in search.asked] == [(SearchMode.DENSE, 8), (SearchMode.LEXICAL, 6)]
    assert told["orchestration"]["selectedRetrieverKey"] == "lexical"


async def test_what_the_workflow_remembers_decides_whose_result_counts() -> None:
    for preferred in ("keyword", "semantic"):
        search = FakeSearch({"tides": [[a_match(1)]]})
        told = await retrieved(search, "adaptive-rag", memory={"routing.preferredRetriever": preferred})
        assert [each.mode for each in search.asked] == [SearchMode.DENSE, SearchMode.LEXICAL]
        assert told["orchestration"]["selectedRetrieverKey"] == preferred


async def test_a_hypothesis_that_finds_nothing_gives_way_to_the_question() -> None:
    search = FakeSearch({"tides": [[a_match(1)]]})
    told = await retrieved(search, "hyde-retrieval", {**QUESTION, "content": "made up"})
    assert search.queries == ["made up", "tides"]
    assert len(told["matches"]) == 1


async def test_nothing_found_is_no_failure_but_told() -> None:
    told = await retrieved(FakeSearch(), "simple-rag")
    assert told["matches"] == []
    assert told["warnings"]


@pytest.mark.parametrize("template", PUBLISHED.newest(), ids=lambda template: template.id)
@pytest.mark.parametrize("received", [{}, {"query": " ", "content": ""}])
async def test_without_a_question_nothing_is_searched_for(template: Template, received: JsonObject) -> None:
    """An editor's run button sends no payload: the words around the question must not find anything."""
    for node in template.draw(TemplateParameters()).nodes:
        if node.type == "knowledge-retrieve":
            search = FakeSearch()
            output = await run(KnowledgeRetrieve, node.config, received, context=a_context(search=search))
            told: Any = output.data["_knowledge"]
            assert search.queries == []
            assert told["matches"] == []
            assert all("is blank" in each for each in told["warnings"][:-1])


async def test_without_a_scope_everything_of_the_owner_is_searched_unless_the_run_brings_documents() -> None:
    knowledge = FakeKnowledge()
    here = a_context(search=knowledge, ingestion=knowledge)
    elsewhere = replace(here, workflow_id=WorkflowId(uuid4()))
    tides: JsonObject = {**QUESTION, "documentText": "Tides follow the moon."}
    await run(KnowledgeIngest, config("simple-rag", key="ingest"), tides, context=elsewhere)
    found: Any = (await run(KnowledgeRetrieve, config("simple-rag"), QUESTION, context=here)).data["_knowledge"]
    assert [each["content"] for each in found["matches"]] == ["Tides follow the moon."]
    own: JsonObject = {**QUESTION, "documentText": "Tides come twice a day."}
    kept: Any = (await run(KnowledgeIngest, config("simple-rag", key="ingest"), own, context=here)).data
    context = a_context(search=knowledge, memory={ACTIVE_CORPUS: kept["_knowledgeIngestion"]["corpusId"]})
    found = (await run(KnowledgeRetrieve, config("simple-rag"), QUESTION, context=context)).data["_knowledge"]
    assert [each["content"] for each in found["matches"]] == ["Tides come twice a day."]


async def test_this_is_the_run_and_the_workflow_that_the_node_is_in() -> None:
    for given, scope in (
        (THIS_WORKFLOW, Scope(type=ScopeType.WORKFLOW, workflow_id=WORKFLOW_ID)),
        (THIS_RUN, Scope(type=ScopeType.EXECUTION, execution_id=EXECUTION_ID)),
    ):
        search = FakeSearch()
        await run(KnowledgeRetrieve, config("simple-rag", given), QUESTION, context=a_context(search=search))
        assert [each.scope for each in search.asked] == [scope]


async def test_documents_are_found_where_they_were_put() -> None:
    for given in (TemplateParameters(), THIS_WORKFLOW, THIS_RUN):
        knowledge = FakeKnowledge()
        context = a_context(search=knowledge, ingestion=knowledge)
        received: JsonObject = {**QUESTION, "documentText": "Tides follow the moon."}
        await run(KnowledgeIngest, config("simple-rag", given, "ingest"), received, context=context)
        output = await run(KnowledgeRetrieve, config("simple-rag", given), QUESTION, context=context)
        told: Any = output.data["_knowledge"]
        assert [each["content"] for each in told["matches"]] == ["Tides follow the moon."]


async def test_the_id_alone_says_this_scope() -> None:
    for name, kind in (("workflowIdScope", ScopeType.WORKFLOW), ("executionIdScope", ScopeType.EXECUTION)):
        search = FakeSearch()
        await run(KnowledgeRetrieve, {"queryPath": "query", name: "this"}, QUESTION, context=a_context(search=search))
        assert [each.scope.type for each in search.asked] == [kind]
