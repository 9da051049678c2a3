"""People see the answer with its sources, and beside it what is odd about it."""

from typing import Any

import pytest

from entrypoints.cli.answering import print_answer

ANSWER = {"content": "Ten years [2].", "knowledge": {"used": [{"number": 2, "title": "Rules"}]}}
FOUND_NOTHING = {"_knowledge": {"orchestration": {}, "matches": [], "warnings": ["Found nothing"]}}


def a_step(node_type: str, output: dict[str, Any], status: str = "completed") -> dict[str, Any]:
    return {"nodeType": node_type, "status": status, "output": output}


def printed(capsys: pytest.CaptureFixture[str], *steps: dict[str, Any]) -> tuple[str, str]:
    print_answer({"steps": list(steps)})
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_the_answer_comes_with_the_sources_that_it_cites(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, a_step("llm", ANSWER)) == ("Ten years [2].\n\n[2] Rules\n", "")


def test_searches_that_found_too_little_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    answer = {**ANSWER, "warnings": ["No key", "Found nothing"]}
    facts = {"facts": FOUND_NOTHING["_knowledge"], "_knowledge": FOUND_NOTHING["_knowledge"], "query": "Why?"}
    out, err = printed(
        capsys,
        a_step("knowledge-retrieve", FOUND_NOTHING),
        a_step("knowledge-retrieve", facts),
        a_step("llm", answer),
        a_step("output", FOUND_NOTHING),
    )
    assert out.startswith("Ten years")
    assert err == "Note: Found nothing\nNote: No key\n"


def test_what_went_wrong_is_told_also_where_nothing_was_answered(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = a_step("knowledge-retrieve", {}, status="skipped")
    out, err = printed(capsys, skipped, a_step("knowledge-retrieve", FOUND_NOTHING))
    assert (out, err) == ("", "Nothing was answered\nNote: Found nothing\n")
