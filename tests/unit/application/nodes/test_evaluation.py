import pytest

from application.nodes.evaluation import Evaluation
from application.nodes.node import NodeFailed
from domain.executions.retry import RetryDirective
from domain.values.json import Json, JsonObject, as_object
from tests.unit.application.nodes.running import NOW_TEXT, faults, run


async def _passed(config: JsonObject, content: Json) -> Json:
    output = await run(Evaluation, config, {"content": content})
    return as_object(output.data["_evaluation"])["passed"]


async def test_passes_the_input_on_with_the_verdict() -> None:
    config: JsonObject = {"requiredText": "SOURCE", "minLength": "10", "maxLength": 12}
    output = await run(Evaluation, config, {"content": "see the source", "result": False})
    assert output.data == {
        "content": "see the source",
        "result": False,
        "_evaluation": {
            "valuePath": "content",
            "passed": False,
            "score": 67,
            "totalChecks": 3,
            "passedChecks": 2,
            "checks": [
                {"key": "requiredText", "passed": True, "message": 'Text contains "SOURCE"'},
                {"key": "minLength", "passed": True, "message": "Length is 14, wanted is at least 10"},
                {"key": "maxLength", "passed": False, "message": "Length is 14, wanted is at most 12"},
            ],
            "evaluatedAt": NOW_TEXT,
        },
    }
    assert set(output.produced) == {"_evaluation"}
    assert output.retry is None


@pytest.mark.parametrize(
    ("value", "length"),
    [("four", 4), ("🙂🙂", 4), (1.0, 1), (True, 4), ([1, 2.0], 5), ({"a": 1}, 7), ("", 0), (None, 0)],
)
async def test_lengths_are_those_of_the_value_as_text(value: Json, length: int) -> None:
    assert await _passed({"minLength": length or 1}, value) is (length > 0)
    assert await _passed({"maxLength": length or 1}, value) is True
    assert await _passed({"minLength": length + 1}, value) is False


async def test_what_is_missing_is_no_text() -> None:
    output = await run(Evaluation, {"valuePath": "answer.text"}, {})
    verdict = as_object(output.data["_evaluation"])
    assert (verdict["passed"], verdict["score"], verdict["totalChecks"], verdict["checks"]) == (False, 0, 0, [])


async def test_without_checks_any_text_passes() -> None:
    output = await run(Evaluation, {"minLength": "", "maxLength": "", "requiredText": ""}, {"content": "x"})
    verdict = as_object(output.data["_evaluation"])
    assert (verdict["passed"], verdict["score"]) == (True, 100)


async def test_asks_for_a_retry_when_told_to_and_only_when_it_did_not_pass() -> None:
    config: JsonObject = {"minLength": 5, "requestRetryOnFail": "true", "retryDelayMs": "250"}
    reason = "Evaluation failed: Length is 1, wanted is at least 5"
    assert (await run(Evaluation, config, {"content": "x"})).retry == RetryDirective(
        reason=reason, delay_ms=250, of="content"
    )
    assert (await run(Evaluation, config, {"content": "enough"})).retry is None


@pytest.mark.parametrize(("delay", "delay_ms"), [("", None), (0, 0), (99_999, 10_000), (-1, 0), (250.7, 250)])
async def test_its_delay_is_bounded_and_without_one_the_policys_holds(delay: Json, delay_ms: int | None) -> None:
    config: JsonObject = {"requestRetryOnFail": True, "retryDelayMs": delay, "retryReasonPrefix": "No"}
    assert (await run(Evaluation, config)).retry == RetryDirective(
        reason="No: Text is empty", delay_ms=delay_ms, of="content"
    )


async def test_strict_fails_with_the_first_reason_and_asks_for_nothing() -> None:
    config: JsonObject = {"strict": "true", "requiredText": "x", "minLength": 5, "requestRetryOnFail": True}
    with pytest.raises(NodeFailed, match=r'^Text does not contain "x"$'):
        await run(Evaluation, config, {"content": "abc"})
    assert await _passed(config, "xxxxx") is True


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ({"minLength": 0}, ("minLength", "out_of_range")),
        ({"maxLength": "-3"}, ("maxLength", "out_of_range")),
        ({"minLength": "long"}, ("minLength", "wrong_type")),
        ({"retryDelayMs": "soon"}, ("retryDelayMs", "wrong_type")),
    ],
)
def test_refuses_limits_that_are_none(config: JsonObject, fault: tuple[str, str]) -> None:
    assert faults(Evaluation, config) == [fault]


def _answer(content: str, *numbers: int) -> JsonObject:
    return {"content": content, "knowledge": {"used": [{"number": number} for number in numbers]}}


@pytest.mark.parametrize(
    ("citations", "received", "complaint"),
    [
        ("valid", _answer("Ten years [1], or more [2, 1].", 1, 2), None),
        ("valid", _answer("Ten years.", 1), None),
        (
            "valid",
            _answer("Ten years [3], not [7,8] or [1].", 1, 2, 3),
            "Cites [7], [8], not among the passages that were given",
        ),
        ("valid", _answer("Ten years [1]."), "Cites [1], not among the passages that were given"),
        ("valid", {"content": "Ten years [1]."}, None),
        ("valid", {"content": "x [1]", "knowledge": "y"}, None),
        ("required", _answer("Ten years [1].", 1), None),
        ("required", _answer("Ten years.", 1), "Cites none of the passages that were given"),
        ("required", _answer("Ten years [2].", 1), "Cites none of the passages that were given"),
        ("required", _answer("It cannot be said."), None),
        ("any", _answer("Ten years [9].", 1), None),
        ("", _answer("Ten years [9].", 1), None),
    ],
)
async def test_citations_have_to_be_of_passages_that_were_given(
    citations: str, received: JsonObject, complaint: str | None
) -> None:
    output = await run(Evaluation, {"citations": citations}, received)
    verdict = as_object(output.data["_evaluation"])
    assert verdict["passed"] is (complaint is None)
    if complaint is not None:
        checks = verdict["checks"]
        assert isinstance(checks, list)
        assert complaint in [as_object(check)["message"] for check in checks]


def test_citations_that_it_does_not_know_are_a_fault() -> None:
    assert faults(Evaluation, {"citations": "some"}) == [("citations", "unknown_choice")]
