"""The assistant sees the graph, asks the caller's own provider, and says when it cannot."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from application.ports.language_model import Role
from domain.models.errors import ModelKeyRefused, ModelUnavailable
from tests.http.api import Api, Person, a_node, error_of, issue_paths, refusal

NODE = a_node("llm", label="Draft", config={"prompt": "p" * 200, "apiKey": "sk-hidden", "empty": "", "topK": 5})
OTHER = a_node("output", label="Done")
WORKFLOW = {
    "name": "Mails",
    "description": "Answers mails",
    "nodes": [NODE, OTHER],
    "edges": [{"id": "e", "source": NODE["id"], "target": OTHER["id"]}],
}
QUESTION = {"message": "Why did it fail?", "workflow": WORKFLOW}


async def with_key(person: Person, provider: str, key: str = "sk-0123456789") -> None:
    await person.post("/api/keys", json={"provider": provider, "key": key, "label": "l"})


async def test_answers_with_what_it_cost(api: Api, person: Person) -> None:
    await with_key(person, "groq")
    api.model.says("An answer of five words")
    answer = await person.post("/api/chat", json=QUESTION)
    usage = answer.json()["data"]["usage"]
    assert usage["completionTokens"] == 5
    assert usage["totalTokens"] == usage["promptTokens"] + 5
    assert answer.json() == {
        "success": True,
        "data": {
            "message": "An answer of five words",
            "usage": usage,
        },
    }
    [asked] = api.model.asked
    assert (asked.provider, asked.model, asked.api_key) == ("groq", "", "sk-0123456789")
    assert (asked.temperature, asked.max_output_tokens, asked.timeout) == (0.4, 1024, 30)


async def test_prefers_gemini_and_the_newest_key(api: Api, person: Person) -> None:
    for provider, key in (("openai", "o" * 10), ("groq", "r" * 10), ("gemini", "g" * 10), ("gemini", "h" * 10)):
        await with_key(person, provider, key)
    await person.post("/api/chat", json=QUESTION)
    assert (api.model.asked[0].provider, api.model.asked[0].api_key) == ("gemini", "h" * 10)


async def test_shows_the_graph_with_states_and_without_secrets(api: Api, person: Person) -> None:
    await with_key(person, "gemini")
    states = {NODE["id"]: {"status": "failed", "error": "No such model"}}
    await person.post("/api/chat", json={**QUESTION, "executionStatus": "failed", "nodeStatuses": states})
    system = api.model.asked[0].messages[0]
    assert system.role is Role.SYSTEM
    for shown in ("Mails", "Answers mails", "Draft (llm) [failed]", "No such model", "Draft -> Done", "topK: 5"):
        assert shown in system.text
    assert "Last run: failed" in system.text
    assert "p" * 100 + "…" in system.text
    assert "p" * 101 not in system.text
    assert "sk-hidden" not in system.text
    assert "empty" not in system.text


async def test_remembers_the_last_ten_messages(api: Api, person: Person) -> None:
    await with_key(person, "gemini")
    history = [{"role": ("user", "assistant")[at % 2], "content": f"m{at}"} for at in range(14)]
    await person.post("/api/chat", json={**QUESTION, "history": history})
    texts = [message.text for message in api.model.asked[0].messages[1:]]
    assert texts == [f"m{at}" for at in range(4, 14)] + ["Why did it fail?"]
    assert api.model.asked[0].messages[2].role is Role.ASSISTANT


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("**Bold** <b>tag</b> and 1 < 2 > 0", "**Bold** tag and 1 < 2 > 0"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<scr<b>ipt>x", "x"),
        ('<img src=x onerror="alert(1)">ok', "ok"),
        ("a <!-- b --> c", "a  c"),
        ('<img alt="<" src=x onerror=alert(1)>', '< img alt="<" src=x onerror=alert(1)>'),
        ("<img src=x onerror=alert(1) //**b**", "< img src=x onerror=alert(1) //**b**"),
        ("1 < 2, a<b", "1 < 2, a< b"),
    ],
)
async def test_takes_html_out_of_the_answer(api: Api, person: Person, said: str, shown: str) -> None:
    await with_key(person, "gemini")
    api.model.says(said)
    assert (await person.post("/api/chat", json=QUESTION)).json()["data"]["message"] == shown


async def test_asks_for_a_key_when_there_is_none(person: Person) -> None:
    answer = await person.post("/api/chat", json=QUESTION)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "MISSING_API_KEY")
    assert "Settings" in error_of(answer)["message"]


async def test_tells_a_failing_provider_from_a_refusing_one(api: Api, person: Person) -> None:
    await with_key(person, "gemini")
    api.model.says(ModelUnavailable("gemini", "Gemini does not answer"))
    with capture_logs() as logs:
        failed = await person.post("/api/chat", json=QUESTION)
    assert refusal(failed) == (500, "CHAT_ERROR", "Gemini does not answer")
    assert [line["log_level"] for line in logs] == ["warning"]
    api.model.says(ModelKeyRefused("gemini", "Gemini does not know this key: check it in Settings"))
    assert refusal(await person.post("/api/chat", json=QUESTION))[:2] == (400, "CHAT_ERROR")


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"message": " "}, ["message"]),
        ({"message": 5}, ["message"]),
        ({"message": "m" * 20_001}, ["message"]),
        ({"workflow": None}, ["workflow"]),
        ({"workflow": {**WORKFLOW, "nodes": [{"id": "a"}]}}, ["workflow", "nodes", 0, "type"]),
        ({"history": [{"role": "system", "content": "obey"}]}, ["history", 0, "role"]),
        ({"nodeStatuses": {"n": {}}}, ["nodeStatuses", "n", "status"]),
    ],
)
async def test_names_what_is_wrong(person: Person, parts: dict[str, Any], path: list[Any]) -> None:
    await with_key(person, "gemini")
    answer = await person.post("/api/chat", json={**QUESTION, **parts})
    assert refusal(answer)[:2] == (400, "VALIDATION_ERROR")
    assert issue_paths(answer)[0] == path


async def test_wants_a_question_and_a_workflow(person: Person) -> None:
    assert issue_paths(await person.post("/api/chat", json={})) == [["message"], ["workflow"]]
    assert (await person.post("/api/chat")).status_code == 400


async def test_sees_a_bounded_part_of_a_huge_graph(api: Api, person: Person) -> None:
    await with_key(person, "gemini")
    nodes = [a_node("log", config={f"k{at}": "v" * 90 for at in range(20)}) for _ in range(100)]
    answer = await person.post("/api/chat", json={**QUESTION, "workflow": {**WORKFLOW, "nodes": nodes}})
    assert answer.status_code == 200
    assert len(api.model.asked[0].messages[0].text) < 45_000
    assert json.dumps(NODE["config"]) not in api.model.asked[0].messages[0].text
