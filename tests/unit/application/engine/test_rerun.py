"""An evaluation that rejects a text has it made anew: by whatever made it, within limits, and on record."""

import asyncio
from typing import Any

import pytest

from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from domain.executions.context import Control
from domain.executions.rerun import Again, NotAgain, judged_again
from domain.executions.retry import RetryDirective, RetryPolicy
from domain.values.json import JsonObject
from domain.workflows.graph import Graph
from tests.make import a_node
from tests.unit.application.engine.players import Passer, Writer, a_type, with_types
from tests.unit.application.engine.stage import Record, Stage, drawn, node, when

JUDGE = {"minLength": 5, "requestRetryOnFail": True}


def written(*texts: str) -> tuple[Writer, Passer, Stage]:
    writer, passer = Writer(texts), Passer()
    return writer, passer, Stage(catalogue=with_types(a_type("writer", writer), a_type("passer", passer)))


def outputs(record: Record) -> list[tuple[str, Any]]:
    """What the last node shows names its run."""
    return [(step["nodeId"], step["output"]) for step in record.whole["steps"][:-1]]


def chain(writer: dict[str, Any] | None = None, judge: dict[str, Any] | None = None) -> Graph:
    return drawn(
        node("start", "manual-trigger"),
        node("write", "writer", **writer or {}),
        node("carry", "passer"),
        node("judge", "evaluation", **{**JUDGE, **(judge or {})}),
        node("end"),
    )


def told(record: Record, name: str) -> list[tuple[int, str]]:
    return [(each["attempt"], each["status"]) for each in record.step(name)["output"]["_attempts"]]


async def test_makes_the_rejected_text_anew_until_it_passes() -> None:
    writer, passer, stage = written("ab", "abc", "abcdef")
    record = await stage.ran(chain(), {"q": 1})
    assert record.status == ("completed", None)
    assert record.output("write") == {"content": "abcdef"}
    assert record.output("judge")["_evaluation"]["passed"] is True
    assert record.step("end")["input"]["content"] == "abcdef"
    assert (len(writer.given), passer.runs["carry"]) == (3, 3)


async def test_shows_on_record_what_was_tried_and_why() -> None:
    _, _, stage = written("ab", "abcdef")
    record = await stage.ran(chain())
    for name in ("write", "carry", "judge"):
        assert told(record, name) == [(1, "retry"), (2, "completed")]
    complaint = "Evaluation failed: Length is 2, wanted is at least 5"
    assert record.step("judge")["output"]["_attempts"][0]["reason"] == complaint
    again = f'Run again because "judge" asked for it: {complaint}'
    assert record.step("write")["output"]["_attempts"][0]["reason"] == again
    assert [step["nodeId"] for step in record.whole["steps"]] == ["start", "write", "carry", "judge", "end"]
    assert (record.state["control"]["retryCount"], record.state["control"]["loopCount"]) == (1, 1)
    assert record.state["memory"]["retry.outcome.write"]["status"] == "retry_succeeded_after_n"
    assert [each["sequence"] for each in record.snapshots] == list(range(1, len(record.snapshots) + 1))


async def test_keeps_what_was_discarded() -> None:
    _, _, stage = written("ab", "abcdef")
    run = stage.accept(chain())
    await stage.engine(await stage.claim())
    discarded = stage.store.rows.superseded[run.id]
    assert [(step.node_id, step.round) for step in discarded] == [("write", 1), ("carry", 1), ("judge", 1)]
    assert discarded[0].output is not None
    assert discarded[0].output["content"] == "ab"


async def test_keeps_what_was_skipped_in_each_round_that_was_discarded() -> None:
    _, _, stage = written("ab", "abc", "abcdef")
    graph = drawn(
        node("write", "writer"),
        node("never", "passer"),
        node("judge", "evaluation", **JUDGE),
        edges=(when("write", "never", "no such route"), when("write", "judge")),
    )
    run = stage.accept(graph)
    await stage.engine(await stage.claim())
    discarded = [(step.node_id, step.round) for step in stage.store.rows.superseded[run.id]]
    assert discarded == [(name, each) for each in (1, 2) for name in ("write", "never", "judge")]
    assert [step.round for step in stage.store.rows.steps[run.id]] == [3, 3, 3]


async def test_tells_the_maker_why_it_is_asked_again() -> None:
    writer, _, stage = written("ab", "abcdef")
    await stage.ran(chain(), {"q": 1})
    reason = "Evaluation failed: Length is 2, wanted is at least 5"
    assert writer.given == [{"q": 1}, {"q": 1, "_retry": {"attempt": 2, "reason": reason, "requestedBy": "judge"}}]


async def test_tells_nobody_of_a_complaint_about_work_that_was_made_from_something_else() -> None:
    given: list[JsonObject] = []

    def draft(received: JsonObject, context: NodeContext) -> NodeOutput:
        return NodeOutput.of({"draft": "x" * context.round})

    def write(received: JsonObject, context: NodeContext) -> NodeOutput:
        given.append(received)
        return NodeOutput.of({"draft": received["draft"], "content": "ab" * context.round})

    kinds = with_types(a_type("drafter", draft), a_type("writer", write))
    graph = drawn(
        node("draft", "drafter"),
        node("write", "writer"),
        node("inner", "evaluation", minLength=4, requestRetryOnFail=True),
        node("outer", "evaluation", minLength=2, requestRetryOnFail=True, valuePath="_nodes.draft.draft"),
    )
    record = await Stage(catalogue=kinds).ran(graph)
    assert record.status == ("completed", None)
    assert [("_retry" in each, each["draft"]) for each in given] == [(False, "x"), (True, "x"), (False, "xx")]


async def test_leaves_alone_what_the_rejected_text_did_not_reach() -> None:
    writer, passer, stage = written("ab", "abcdef")
    graph = drawn(
        node("before", "passer"),
        node("beside", "passer"),
        node("write", "writer"),
        node("of it", "passer"),
        node("judge", "evaluation", **JUDGE),
        edges=(when("before", "write"), when("before", "beside"), when("write", "of it"), when("write", "judge")),
    )
    await stage.ran(graph)
    assert passer.runs == {"before": 1, "beside": 1, "of it": 2}
    assert len(writer.given) == 2


async def test_gives_up_after_three_rounds_and_lets_the_last_verdict_stand() -> None:
    writer, _, stage = written("ab")
    record = await stage.ran(chain())
    assert record.status == ("completed", None)
    assert record.output("judge")["_evaluation"]["passed"] is False
    assert len(writer.given) == 3
    last = record.step("judge")["output"]["_attempts"][-1]
    assert last["status"] == "completed"
    assert last["reason"].startswith("Retry attempts exhausted (3/3): Evaluation failed")


async def test_takes_the_bound_from_the_makers_policy() -> None:
    writer, _, stage = written("ab")
    await stage.ran(chain(writer={"retryEnabled": True, "retryMaxAttempts": 2}))
    assert len(writer.given) == 2


async def test_fails_when_the_judges_own_policy_is_used_up() -> None:
    writer, _, stage = written("ab")
    record = await stage.ran(chain(judge={"retryPolicy": {"enabled": True, "maxAttempts": 2}}))
    assert len(writer.given) == 2
    assert record.status[0] == "failed"
    assert "Retry attempts exhausted (2/2)" in str(record.status[1])
    assert told(record, "judge") == [(1, "retry"), (2, "failed")]


async def test_does_not_fail_on_the_last_rejection_when_the_judges_policy_says_so() -> None:
    _, _, stage = written("ab")
    policy = {"enabled": "true", "maxAttempts": 2, "failOnMaxAttempts": False}
    record = await stage.ran(chain(judge={"retryPolicy": policy}))
    assert record.status == ("completed", None)


async def test_says_so_when_the_judges_policy_is_off() -> None:
    writer, _, stage = written("ab")
    record = await stage.ran(chain(judge={"retryEnabled": "false"}))
    assert len(writer.given) == 1
    assert record.step("judge")["output"]["_attempts"][0]["reason"].startswith(
        "Not tried again, its retry policy is off"
    )


async def test_says_so_when_nothing_in_the_run_made_the_text() -> None:
    stage = Stage()
    graph = drawn(node("start", "manual-trigger"), node("judge", "evaluation", **JUDGE))
    record = await stage.ran(graph, {"content": "ab"})
    reason = record.step("judge")["output"]["_attempts"][0]["reason"]
    assert reason.startswith('Not tried again, no node before made "content"')
    assert record.status == ("completed", None)


async def test_fails_a_judge_with_a_policy_of_its_own_when_there_is_nothing_to_try_again() -> None:
    policy = {"enabled": True}
    graph = drawn(node("start", "manual-trigger"), node("judge", "evaluation", **JUDGE, retryPolicy=policy))
    record = await Stage().ran(graph, {"content": "ab"})
    assert record.step("judge")["status"] == "failed"


async def test_does_not_let_two_judges_together_exceed_the_limits_of_the_run() -> None:
    _, _, stage = written("ab")
    graph = drawn(
        node("write", "writer"),
        node("one", "evaluation", **JUDGE),
        node("again", "writer"),
        node("two", "evaluation", **JUDGE),
    )
    record = await stage.ran(graph)
    assert record.status == ("completed", None)
    assert record.state["control"]["retryCount"] == 3
    assert record.step("two")["output"]["_attempts"][-1]["reason"].startswith("Execution retry limit exceeded (4/3)")


async def test_waits_as_long_as_the_judge_says() -> None:
    _, _, stage = written("ab", "abcdef")
    await stage.ran(chain(judge={"retryDelayMs": "250"}))
    assert 0.25 in stage.clock.slept


@pytest.mark.parametrize("vanishes_at", range(1, 12))
async def test_goes_on_where_it_was_when_a_worker_vanishes_between_rounds(vanishes_at: int) -> None:
    def vanishing(writer: Writer, stage: Stage) -> None:
        recorded = stage.journal.record
        rewound = stage.journal.rewind
        calls = 0

        def count() -> None:
            nonlocal calls
            calls += 1
            if calls == vanishes_at:
                raise asyncio.CancelledError

        async def record(*given: Any, **more: Any) -> None:
            await recorded(*given, **more)
            count()

        async def rewind(*given: Any, **more: Any) -> None:
            await rewound(*given, **more)
            count()

        stage.journal.record, stage.journal.rewind = record, rewind  # type: ignore[method-assign]

    undisturbed = await written("ab", "abc", "abcdef")[2].ran(chain(), {"q": 1})
    writer, _, stage = written("ab", "abc", "abcdef")
    vanishing(writer, stage)
    run = stage.accept(chain(), {"q": 1})
    while stage.store.rows.executions[run.id].finished_at is None:
        try:
            await stage.engine(await stage.claim())
        except asyncio.CancelledError:
            stage.store.rows.executions[run.id] = stage.store.rows.executions[run.id].handed_back()
    disturbed = await stage.record_of(run)
    assert outputs(disturbed) == outputs(undisturbed)
    assert [each["state"]["version"] for each in disturbed.snapshots] == [
        each["state"]["version"] for each in undisturbed.snapshots
    ]
    assert len(writer.given) == 3


@pytest.mark.parametrize(
    ("path", "again"), [("_nodes.write.content", 3), ("_nodes.carry.content", 3), ("_nodes.carry", 1)]
)
async def test_finds_what_a_named_node_made_or_passed_on(path: str, again: int) -> None:
    """`carry` passes on what `write` made; the whole of its output is its own."""
    writer, passer, stage = written("ab", "abc", "abcdef")
    judge = {"valuePath": path, **({"requiredText": "abcdef"} if again == 3 else {"minLength": 100_000})}
    await stage.ran(chain(judge={**judge, "minLength": 1} if again == 3 else judge))
    assert len(writer.given) == again
    assert passer.runs["carry"] == 3


async def test_counts_its_own_requests_and_not_those_of_others() -> None:
    def draft(received: JsonObject, context: NodeContext) -> NodeOutput:
        return NodeOutput.of({"draft": "x" * context.round, "content": "x" * context.round})

    kinds = with_types(a_type("drafter", draft))
    graph = drawn(
        node("limits", "execution-control", action="set-max-retries", value=50),
        node("draft", "drafter"),
        node("one", "evaluation", minLength=3, requestRetryOnFail=True, valuePath="draft"),
        node("other", "evaluation", minLength=5, requestRetryOnFail=True, retryEnabled=True),
    )
    record = await Stage(catalogue=kinds).ran(graph)
    assert record.status == ("completed", None)
    assert record.output("other")["content"] == "xxxxx"


async def test_a_complaint_is_told_to_whom_it_concerns_and_handed_on_to_nobody() -> None:
    given: list[bool] = []

    def repeat(received: JsonObject, context: NodeContext) -> NodeOutput:
        given.append("_retry" in received)
        return NodeOutput.adding(received, {"content": "ab" * context.round})

    graph = drawn(node("write", "repeater"), node("judge", "evaluation", minLength=4, requestRetryOnFail=True))
    record = await Stage(catalogue=with_types(a_type("repeater", repeat))).ran(graph, {"q": 1})
    assert given == [False, True]
    assert record.step("write")["input"]["_retry"]["attempt"] == 2
    assert record.output("write") == {"q": 1, "content": "abab"}
    assert "_retry" not in record.step("judge")["input"]


async def test_asks_nobody_in_its_own_wave_whose_work_it_cannot_see() -> None:
    writer, _, stage = written("ab", "abcdef")
    judge = node("judge", "evaluation", **{**JUDGE, "valuePath": "_nodes.write.content"})
    record = await stage.ran(drawn(node("write", "writer"), judge, edges=()))
    assert len(writer.given) == 1
    assert record.step("judge")["output"]["_attempts"][0]["reason"].startswith("Not tried again, no node before made")


async def test_each_round_of_a_node_knows_which_it_is_and_each_attempt_in_it() -> None:
    rounds = []

    def write(received: JsonObject, context: NodeContext) -> NodeOutput:
        rounds.append((context.round, context.attempt))
        if len(rounds) == 2:
            raise NodeFailed("not now")
        return NodeOutput.of({"content": "x" * len(rounds) * 2})

    passer = Passer()
    kinds = with_types(a_type("writer", write), a_type("passer", passer))
    await Stage(catalogue=kinds).ran(chain(writer={"retryEnabled": True}))
    assert rounds == [(1, 1), (2, 2), (2, 3)]


def test_counts_a_loop_only_where_the_judges_policy_counts_one() -> None:
    own = RetryPolicy(enabled=True, max_attempts=3, increment_loop_on_retry=False)
    wish = RetryDirective(of="content")
    decided = judged_again(wish, asked=0, own=own, maker=a_node("w"), control=Control())
    assert decided == Again(maker=a_node("w").id, delay_ms=0, control=Control(retry_count=1))


def test_fails_the_judge_whose_own_policy_meets_the_limit_of_the_run() -> None:
    own = RetryPolicy(enabled=True, max_attempts=9)
    decided = judged_again(
        RetryDirective(of="content"), asked=0, own=own, maker=a_node("w"), control=Control(retry_count=3)
    )
    assert decided == NotAgain(why="Execution retry limit exceeded (4/3)", is_failure=True)


async def test_a_node_that_fails_in_its_second_round_fails_the_run_even_if_the_worker_vanishes_then() -> None:
    def write(received: JsonObject, context: NodeContext) -> NodeOutput:
        if context.round == 2:
            raise NodeFailed("no more ideas")
        return NodeOutput.of({"content": "ab"})

    async def vanish(*given: Any, **more: Any) -> None:
        raise asyncio.CancelledError

    stage = Stage(catalogue=with_types(a_type("writer", write), a_type("passer", Passer())))
    graph = drawn(
        node("start", "manual-trigger"),
        node("write", "writer"),
        node("beside", "passer"),
        node("judge", "evaluation", **JUDGE),
        edges=(when("start", "write"), when("start", "beside"), when("write", "judge")),
    )
    run = stage.accept(graph)
    finish, stage.journal.finish = stage.journal.finish, vanish  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await stage.engine(await stage.claim())
    stage.journal.finish = finish  # type: ignore[method-assign]
    stage.store.rows.executions[run.id] = stage.store.rows.executions[run.id].handed_back()
    await stage.engine(await stage.claim())
    record = await stage.record_of(run)
    assert record.status == ("failed", 'Node "write" (writer) failed: no more ideas')
    assert record.step("judge")["error"] == "Skipped due to previous node failure"
