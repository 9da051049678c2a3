"""Why a run did what it did, from the running server and from the command line: the same story."""

import json
from typing import Any
from uuid import uuid4

from tests.e2e.drawings import chain, node, node_id, slow_chain
from tests.e2e.person import Person
from tests.live import LiveRex


def explained(person: Person, run: str) -> dict[str, Any]:
    answer = person.asks("GET", f"/api/executions/{run}/explanation")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()["data"]
    return told


def drafting() -> dict[str, Any]:
    """A draft that is only good enough when it is asked for again."""
    drawing = chain(
        node("start", "manual-trigger"),
        node("keep", "knowledge-ingest", contentPath="text", title="Tides"),
        node(
            "draft",
            "code",
            code="return {content: input._retry ? 'long enough' : 'ab', seen: input._knowledge.matches.length}",
            retrieval={"query": "tides", "scopeType": "workflow"},
        ),
        node("judge", "evaluation", minLength=5, requestRetryOnFail=True),
    )
    asking = {"prompt": "What do tides follow?", "retrieval": {"query": "tides", "scopeType": "workflow"}}
    drawing["nodes"] += [node("publish", "llm", provider="extractive", **asking), node("archive", "output")]
    for name, condition in (("publish", "pass"), ("archive", "fail")):
        edge = {"id": str(uuid4()), "source": node_id("judge"), "target": node_id(name), "condition": condition}
        drawing["edges"].append(edge)
    return drawing


def test_tells_the_same_story_over_http_and_on_the_command_line() -> None:
    with LiveRex.fresh() as rex:
        ada, grace = Person(rex.url), Person(rex.url, "grace@example.com")
        workflow = ada.draws(drafting())
        run = ada.starts(workflow, {"text": "The tides follow the moon."})
        assert ada.follows(run)["status"] == "completed"
        told = explained(ada, run)
        happened = [(each["label"], each["round"], each["status"]) for each in told["entries"]]
        assert happened == [
            ("start", 1, "completed"),
            ("keep", 1, "completed"),
            ("draft", 1, "completed"),
            ("judge", 1, "completed"),
            ("draft", 2, "completed"),
            ("judge", 2, "completed"),
            ("publish", 1, "completed"),
            ("archive", 1, "skipped"),
        ]
        first, second, publish, archive = (told["entries"][at] for at in (2, 4, 6, 7))
        assert first["discardedBecause"]["judgeLabel"] == "judge"
        assert second["rerunBecause"]["reason"].startswith("Evaluation failed: Length is 2")
        assert [each["status"] for each in (*first["retrievals"], *second["retrievals"])] == ["success", "success"]
        assert [each["title"] for each in second["knowledge"]["chunks"]] == ["Tides"]
        assert publish["because"][0]["judged"]["key"] == "_evaluation.passed"
        assert (archive["skipped"]["kind"], archive["because"][0]["judged"]["value"]) == ("no-branch", True)
        [chunk] = publish["knowledge"]["chunks"]
        assert (chunk["number"], chunk["title"]) == (1, "Tides")
        assert (publish["knowledge"]["inPrompt"], publish["knowledge"]["retrievedBy"]) == (True, node_id("publish"))
        assert told["totals"]["cost"]["retrievalRequests"] == 3
        assert told["totals"]["cost"]["tokens"] == publish["cost"]["tokens"]
        assert publish["cost"]["tokens"]["provider"] == "extractive"

        as_ada = ("--as", ada.email)
        in_json = rex.cli("execution", "explain", run, *as_ada, "-o", "json")
        assert json.loads(in_json.stdout) == told
        in_words = rex.cli("execution", "explain", run, *as_ada).stdout
        assert told["summary"] in in_words
        assert [each["summary"] for each in told["entries"] if each["summary"] not in in_words] == []

        assert grace.asks("GET", f"/api/executions/{run}/explanation").status_code == 404

        redrawn = chain(node("other", "manual-trigger"))
        assert ada.asks("PATCH", f"/api/workflows/{workflow}", {"nodes": redrawn["nodes"], "edges": []}).is_success
        later = explained(ada, run)
        assert later["entries"] == told["entries"]
        assert (later["workflowVersion"], later["currentVersion"]) == (1, 2)

        slow = ada.starts(ada.draws(slow_chain(pauses=3, milliseconds=60_000)))
        ada.waits_for_steps(slow, 3)
        open_story = explained(ada, slow)
        assert (open_story["end"]["kind"], open_story["entries"][3]["status"]) == ("open", "ready")
        assert ada.stops(slow) == "canceled"
        stopped = explained(ada, slow)
        assert {each["skipped"]["kind"] for each in stopped["entries"][3:]} == {"stop"}
        assert stopped["end"] == {"kind": "stop", "nodeId": None, "reason": "Stopped by user"}
