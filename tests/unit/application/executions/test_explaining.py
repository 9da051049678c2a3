"""Why each node did what it did, told from the records of real runs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.executions.explain_execution import ExplainExecution
from application.executions.stop_execution import StopExecution
from application.maintenance.give_up import GiveUp
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from domain.executions.errors import ExecutionNotFound
from domain.executions.execution import Execution
from domain.executions.explanation import EdgeOutcome, EndKind, Entry, Explanation, SkipKind
from domain.executions.showing import LONGEST_VALUE, MASK
from domain.values.json import JsonObject
from domain.workflows.graph import Edge, Graph
from tests.fakes.job_queue import FakeJobQueue
from tests.fakes.knowledge import FakeSearch, a_match
from tests.fakes.run_history import FakeRunHistory
from tests.make import a_user
from tests.unit.application.engine.players import Passer, Writer, a_type, breaking, with_types
from tests.unit.application.engine.stage import Stage, drawn, node, when

JUDGE = {"minLength": 5, "requestRetryOnFail": True}
COMPLAINT = "Evaluation failed: Length is 2, wanted is at least 5"


async def told(stage: Stage, run: Execution) -> Explanation:
    explain = ExplainExecution(history=FakeRunHistory(stage.store))
    return await explain(execution_id=run.id, actor_id=stage.owner.id)


async def explained(graph: Graph, payload: JsonObject | None = None, stage: Stage | None = None) -> Explanation:
    stage = stage or Stage()
    run = stage.accept(graph, payload)
    await stage.engine(await stage.claim())
    return await told(stage, run)


def entry(explanation: Explanation, node_id: str, round: int = 1) -> Entry:
    return next(each for each in explanation.entries if (each.node_id, each.round) == (node_id, round))


def visits(explanation: Explanation) -> list[tuple[str, int]]:
    return [(each.node_id, each.round) for each in explanation.entries]


def branching(*edges: Edge) -> Graph:
    return drawn(
        node("start", "manual-trigger"),
        node("large", "condition", field="order.total", operator="greater_than", value=500),
        node("hold"),
        node("ship"),
        edges=(when("start", "large"), when("large", "hold", "true"), when("large", "ship", "false"), *edges),
    )


async def test_says_which_value_opened_an_edge_and_which_closed_another() -> None:
    explanation = await explained(branching(), {"order": {"total": 900}})
    start, large, hold, ship = explanation.entries
    assert start.summary == '"START" ran because it starts the run (started by hand); it completed in 0 ms.'
    assert large.because[0].summary == '"START" led to it without a condition'
    [taken], [closed] = hold.because, ship.because
    assert taken.judged is not None
    assert (taken.outcome, taken.judged.key, taken.judged.value) == (EdgeOutcome.TAKEN, "_condition.result", True)
    assert taken.judged.detail == "order.total (900) greater_than 500"
    assert (closed.outcome, closed.condition) == (EdgeOutcome.NOT_TAKEN, "false")
    assert ship.skipped is not None
    assert ship.skipped.kind is SkipKind.NO_BRANCH
    assert ship.summary == (
        '"SHIP" was skipped: no edge led to it, as "LARGE" produced _condition.result = true'
        ' (order.total (900) greater_than 500), but the edge asks for "false".'
    )
    assert explanation.end.kind is EndKind.COMPLETED
    assert explanation.summary == (
        "Started by hand, the run completed after 0 ms. 3 of 4 nodes completed and 1 skipped."
    )


async def test_judges_by_what_the_source_made_itself_and_not_by_what_it_passed_on() -> None:
    graph = drawn(
        node("start", "manual-trigger"), node("a"), node("b"), edges=(when("start", "a"), when("a", "b", "urgent"))
    )
    [because] = entry(await explained(graph, {"route": "urgent"}), "b").because
    assert (because.outcome, because.judged) == (EdgeOutcome.NOT_TAKEN, None)
    assert because.summary == '"A" produced nothing to judge by, but the edge asks for "urgent"'


async def test_an_edge_from_a_skipped_node_says_so() -> None:
    graph = branching(when("ship", "end"))
    graph = Graph(nodes=(*graph.nodes, node("end")), edges=graph.edges)
    [because] = entry(await explained(graph, {"order": {"total": 900}}), "end").because
    assert (because.outcome, because.summary) == (EdgeOutcome.SOURCE_SKIPPED, '"SHIP" was skipped')


async def test_names_the_node_whose_failure_ended_the_run() -> None:
    stage = Stage(catalogue=with_types(a_type("breaking", breaking)))
    explanation = await explained(drawn(node("a"), node("bad", "breaking"), node("end")), stage=stage)
    bad, end = entry(explanation, "bad"), entry(explanation, "end")
    assert (bad.status, bad.error, bad.failure_handled) == ("failed", "it broke", False)
    assert bad.summary == '"BAD" ran because "A" led to it without a condition; it failed after 0 ms: it broke.'
    assert end.skipped is not None
    assert (end.skipped.kind, end.skipped.node_id) == (SkipKind.EARLIER_FAILURE, "bad")
    assert end.summary == '"END" was skipped: "BAD" failed before, which ended the run.'
    assert (explanation.end.kind, explanation.end.node_id) == (EndKind.FAILURE, "bad")


async def test_tells_a_failure_that_the_graph_provides_for_from_one_that_ends_the_run() -> None:
    stage = Stage(catalogue=with_types(a_type("breaking", breaking)))
    graph = drawn(
        node("bad", "breaking"),
        node("next"),
        node("rescue"),
        edges=(when("bad", "next"), when("bad", "rescue", "error")),
    )
    explanation = await explained(graph, stage=stage)
    assert entry(explanation, "bad").failure_handled
    assert "the run went on" in entry(explanation, "bad").summary
    [led], [closed] = entry(explanation, "rescue").because, entry(explanation, "next").because
    assert led.judged is not None
    assert (led.outcome, led.judged.value) == (EdgeOutcome.TAKEN, "it broke")
    assert closed.outcome is EdgeOutcome.SOURCE_FAILED
    assert (explanation.end.kind, explanation.totals.failed) == (EndKind.COMPLETED, 1)


async def test_lists_attempts_with_their_reasons_and_the_time_between_them() -> None:
    tries: list[int] = []

    def unsteady(received: JsonObject, context: NodeContext) -> NodeOutput:
        tries.append(1)
        if len(tries) < 3:
            raise NodeFailed(f"not yet {len(tries)}")
        return NodeOutput.of({"done": True})

    stage = Stage(catalogue=with_types(a_type("unsteady", unsteady)))
    policy = {"enabled": True, "maxAttempts": 3, "delayMs": 250}
    [only] = (await explained(drawn(node("a", "unsteady", retryPolicy=policy)), stage=stage)).entries
    assert [(each.number, each.status, each.reason) for each in only.attempts] == [
        (1, "failed", "not yet 1"),
        (2, "failed", "not yet 2"),
        (3, "completed", None),
    ]
    assert (only.waiting.between_attempts_ms, only.cost.attempts, only.cost.duration_ms) == (500, 3, 500)
    assert "it completed in 500 ms, at its 3rd attempt" in only.summary


async def test_tells_who_rejected_what_and_which_round_came_of_it() -> None:
    writer, passer = Writer(["ab", "abcdef"]), Passer()
    stage = Stage(catalogue=with_types(a_type("writer", writer), a_type("passer", passer)))
    judge = node("judge", "evaluation", **JUDGE, retryDelayMs=400)
    explanation = await explained(
        drawn(node("start", "manual-trigger"), node("write", "writer"), node("carry", "passer"), judge, node("end")),
        stage=stage,
    )
    first_round = [("start", 1), ("write", 1), ("carry", 1), ("judge", 1)]
    assert visits(explanation) == [*first_round, ("write", 2), ("carry", 2), ("judge", 2), ("end", 1)]
    discarded = entry(explanation, "carry").discarded_because
    assert discarded is not None
    assert (discarded.judge, discarded.maker, discarded.reason) == ("judge", "write", COMPLAINT)
    assert (discarded.from_round, discarded.to_round) == (1, 2)
    assert entry(explanation, "write", 2).rerun_because == entry(explanation, "write").discarded_because
    assert entry(explanation, "write", 2).waiting.waited_ms == 400
    assert entry(explanation, "start").discarded_because is None
    assert [each.number for each in entry(explanation, "carry", 2).attempts] == [2]
    assert f'It rejected what "WRITE" made: {COMPLAINT}, and had it made anew.' in entry(explanation, "judge").summary
    assert f'"JUDGE" rejected what it made before: {COMPLAINT} (round 2)' in entry(explanation, "write", 2).summary
    assert (explanation.totals.visits, explanation.totals.discarded, explanation.totals.completed) == (8, 3, 5)
    assert explanation.limits is not None
    assert (explanation.limits.retries.used, explanation.limits.retries.most) == (1, 3)


async def test_every_round_has_its_own_reason() -> None:
    stage = Stage(catalogue=with_types(a_type("writer", Writer(["ab", "abc", "abcdef"]))))
    explanation = await explained(drawn(node("write", "writer"), node("judge", "evaluation", **JUDGE)), stage=stage)
    discarded = [each.discarded_because for each in explanation.entries]
    reasons = [each.reason.split(",")[0] if each and each.reason else None for each in discarded]
    first, second = "Evaluation failed: Length is 2", "Evaluation failed: Length is 3"
    assert reasons == [first, first, second, second, None, None]
    assert [each.rerun_because for each in explanation.entries] == [None, None, *discarded[:4]]


async def test_explains_a_stop_in_the_middle_of_a_second_round() -> None:
    stage = Stage(catalogue=with_types(a_type("writer", Writer(["ab"]))))
    run = stage.accept(
        drawn(
            node("start", "manual-trigger"), node("write", "writer"), node("judge", "evaluation", **JUDGE), node("end")
        )
    )
    rows = stage.store.rows
    await stage.engine(await stage.claim())
    rewound = [each for each in rows.superseded[run.id] if each.round == 1]
    rows.superseded[run.id] = tuple(rewound)
    rows.steps[run.id] = rows.steps[run.id][:1]
    rows.snapshots[run.id] = rows.snapshots[run.id][:4]
    rows.executions[run.id] = Execution.accept(rows.workflows[run.workflow_id], {}, id=run.id, at=run.created_at)
    still = await told(stage, run)
    assert visits(still) == [("start", 1), ("write", 1), ("judge", 1), ("write", 2), ("judge", 2), ("end", 1)]
    assert [each.status for each in still.entries[3:]] == ["ready", "waiting", "waiting"]
    awaited = entry(still, "write").discarded_because
    assert awaited is not None
    assert (awaited.judge, awaited.maker, awaited.to_round) == ("judge", "write", 2)
    stop = StopExecution(begin=stage.store.begin, queue=FakeJobQueue(), clock=stage.clock)
    await stop(execution_id=run.id, actor_id=stage.owner.id)
    stopped = await told(stage, run)
    assert visits(stopped) == visits(still)
    rejected = entry(stopped, "write").discarded_because
    assert rejected is not None
    assert (rejected.judge, rejected.maker) == ("judge", "write")
    assert {each.skipped and each.skipped.kind for each in stopped.entries[3:]} == {SkipKind.STOP}
    assert entry(stopped, "end").summary == '"END" was skipped: somebody stopped the run.'


async def test_a_run_that_waits_says_what_each_node_waits_for() -> None:
    stage = Stage()
    run = stage.accept(branching())
    pending = await told(stage, run)
    assert [each.status for each in pending.entries] == ["ready", "waiting", "waiting", "waiting"]
    assert pending.entries[0].summary == '"START" waits for a worker to take up the run.'
    assert pending.entries[2].summary == '"HOLD" waits for "LARGE".'
    assert pending.summary == "Started by hand, the run waits for a worker."
    await stage.claim()
    assert (await told(stage, run)).summary == "Started by hand, the run is under way."
    stage.clock.advance(timedelta(hours=1))
    assert (await told(stage, run)).summary == "Started by hand, the run waits for a worker to go on with it."


async def test_a_graph_without_an_order_is_explained_by_what_is_wrong_with_it() -> None:
    explanation = await explained(drawn(node("a"), node("b"), edges=(when("a", "b"), when("b", "a"))))
    assert (explanation.end.kind, explanation.entries) == (EndKind.INVALID_GRAPH, [])
    assert "the run could not begin: Invalid workflow DAG" in explanation.summary
    assert explanation.totals.nodes == 2


async def test_names_the_node_that_asked_for_the_end_with_its_reason() -> None:
    ending = node("ending", "execution-control", action="terminate", reason="enough")
    explanation = await explained(drawn(ending, node("after")))
    after = entry(explanation, "after").skipped
    assert after is not None
    assert (after.kind, after.node_id, after.reason) == (SkipKind.TERMINATION, "ending", "enough")
    assert 'ended early after 0 ms because "ENDING" asked for it: enough' in explanation.summary


async def test_a_limit_of_the_run_is_told_as_one() -> None:
    control = node("control", "execution-control", action="increment-retry", value=5)
    explanation = await explained(drawn(control, node("after")))
    assert explanation.end.kind is EndKind.LIMIT
    skip = entry(explanation, "after").skipped
    assert skip is not None
    assert (skip.kind, skip.reason) == (SkipKind.LIMIT, explanation.end.reason)


async def test_a_run_that_was_given_up_says_so_for_every_node() -> None:
    stage = Stage()
    run = stage.accept(drawn(node("a"), node("b")))
    await stage.claim()
    stage.clock.advance(timedelta(hours=1))
    await GiveUp(begin=stage.store.begin, clock=stage.clock, max_claims=1)()
    explanation = await told(stage, run)
    assert explanation.end.kind is EndKind.ABANDONED
    assert '"B" was skipped: the run failed before: Execution was abandoned' in entry(explanation, "b").summary


async def test_is_told_by_the_graph_that_ran_and_says_that_the_workflow_changed() -> None:
    stage = Stage()
    run = stage.accept(branching(), {"order": {"total": 1}})
    await stage.engine(await stage.claim())
    workflow = stage.store.rows.workflows[run.workflow_id]
    redrawn = replace(workflow, graph=drawn(node("new")), version=2)
    stage.store.rows.workflows[run.workflow_id] = redrawn
    explanation = await told(stage, run)
    assert [each.node_id for each in explanation.entries] == ["start", "large", "hold", "ship"]
    assert "It ran version 1 of the workflow, which has changed since (now version 2)." in explanation.summary


async def test_a_node_that_joins_branches_says_whom_it_waited_for_and_how_long() -> None:
    stage = Stage()

    async def slow(received: JsonObject, context: NodeContext) -> NodeOutput:
        stage.clock.advance(timedelta(milliseconds=300))
        return NodeOutput.of({})

    stage.catalogue = with_types(a_type("slow", slow, independent=False))
    graph = drawn(node("a"), node("b", "slow"), node("join"), edges=(when("a", "join"), when("b", "join")))
    run = stage.accept(graph)
    stage.clock.advance(timedelta(seconds=2))
    await stage.engine(await stage.claim())
    explanation = await told(stage, run)
    assert (entry(explanation, "a").waiting.parents, entry(explanation, "a").waiting.waited_ms) == ([], 2000)
    join = entry(explanation, "join")
    assert (join.waiting.parents, join.waiting.waited_ms) == (["a", "b"], 0)
    assert join.waiting.ready_at == entry(explanation, "b").recorded_at
    assert entry(explanation, "b").cost.duration_ms == 300


async def test_tells_which_chunks_a_prompt_was_made_of_and_who_found_them() -> None:
    match = a_match(1, 0.9)

    def answer(received: JsonObject, context: NodeContext) -> NodeOutput:
        used: JsonObject = {
            "number": 1,
            "chunkId": str(match.chunk_id),
            "documentId": str(match.document_id),
            "title": "Tides",
            "score": 0.9,
        }
        return NodeOutput.of(
            {
                "content": "They come and go",
                "usage": {"promptTokens": 30, "completionTokens": 4, "totalTokens": 34},
                "model": "m",
                "provider": "p",
                "knowledge": {"query": "tides", "used": [used], "omitted": 2},
            }
        )

    stage = Stage(search=FakeSearch({"tides": [[match]]}), catalogue=with_types(a_type("llm", answer)))
    graph = drawn(node("find", retrieval={"query": "tides"}), node("ask", "llm"), node("end"))
    explanation = await explained(graph, stage=stage)
    find, ask = entry(explanation, "find"), entry(explanation, "ask")
    assert [(each.query, each.status, each.matches) for each in find.retrievals] == [("tides", "success", 1)]
    assert find.knowledge is not None
    assert not find.knowledge.in_prompt
    assert ask.knowledge is not None
    assert (ask.knowledge.in_prompt, ask.knowledge.retrieved_by, ask.knowledge.omitted) == (True, "find", 2)
    assert [(each.number, each.chunk_id, each.title) for each in ask.knowledge.chunks] == [
        (1, str(match.chunk_id), "Tides")
    ]
    assert "using 34 tokens. Its prompt was made of 1 retrieved chunk, 2 more did not fit." in ask.summary
    assert entry(explanation, "end").knowledge is None
    assert explanation.totals.cost.tokens == ask.cost.tokens
    assert "It used 34 tokens and 1 lookup" in explanation.summary


async def test_hides_secrets_and_cuts_what_is_long() -> None:
    graph = drawn(
        node("login", "condition", field="user.password", operator="equals", value="hunter2"),
        node("route", "transformer", expression="ignored"),
        node("end"),
        edges=(when("login", "route", "true"), when("route", "end", "x")),
    )
    stage = Stage()
    stage.scripts.value = {"route": "Bearer abcdef0123456789 " + "y" * 9_000}
    explanation = await explained(graph, {"user": {"password": "hunter2"}, "token": "sk-" + "a" * 40}, stage)
    judged = entry(explanation, "route").because[0].judged
    assert judged is not None
    assert judged.detail == f'user.password ("{MASK}") equals "{MASK}"'
    routed = entry(explanation, "end").because[0].judged
    assert routed is not None
    assert isinstance(routed.value, str)
    assert len(routed.value) == LONGEST_VALUE
    assert "hunter2" not in str(explanation)
    assert "abcdef0123456789" not in str(explanation)
    assert "aaaa" not in explanation.payload


async def test_finds_no_run_of_somebody_else() -> None:
    stage = Stage()
    run = stage.accept(drawn(node("a")))
    explain = ExplainExecution(history=FakeRunHistory(stage.store))
    with pytest.raises(ExecutionNotFound):
        await explain(execution_id=run.id, actor_id=a_user("grace@example.com").id)


KINDS = ["writer", "evaluation", "output", "writer", "evaluation", "condition", "breaking"]
CONDITIONS = [None, None, None, "pass", "true", "fail", "error"]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any drawing in which edges only lead onwards, with nodes that write, judge, branch and break."""
    kinds = ["writer", *draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6))]
    configs: dict[str, JsonObject] = {"evaluation": {**JUDGE}, "condition": {"field": "content", "operator": "exists"}}
    nodes = [node(f"n{at}", kind, **configs.get(kind, {})) for at, kind in enumerate(kinds)]
    chain = {(f"n{at}", f"n{at + 1}"): draw(st.sampled_from(CONDITIONS)) for at in range(len(nodes) - 1)}
    skipping = [(f"n{a}", f"n{b}") for b in range(len(nodes)) for a in range(b - 1)]
    chosen = draw(st.lists(st.sampled_from(skipping), unique=True, max_size=6)) if skipping else []
    drawn_edges = {**chain, **{pair: draw(st.sampled_from(CONDITIONS)) for pair in chosen}}
    return drawn(*nodes, edges=tuple(when(*pair, condition) for pair, condition in drawn_edges.items()))


def standing(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    return sorted((each.node_id, each.status) for each in entries if each.discarded_because is None)


@settings(deadline=None)
@given(graph=graphs(), lengths=st.lists(st.integers(1, 8), min_size=1, max_size=4))
async def test_accounts_for_every_visit_of_every_run(graph: Graph, lengths: list[int]) -> None:
    """Whatever happened: each record is one entry, none comes before its cause, each claim agrees with the records."""
    writer = Writer(["x" * length for length in lengths])
    stage = Stage(catalogue=with_types(a_type("writer", writer), a_type("breaking", breaking)))
    run = stage.accept(graph, {})
    await stage.engine(await stage.claim())
    explanation = await told(stage, run)
    rows = stage.store.rows
    steps, superseded = rows.steps.get(run.id, ()), rows.superseded.get(run.id, ())
    assert standing(explanation.entries) == sorted((each.node_id, each.status.value) for each in steps)
    assert explanation.totals.discarded == len(superseded)
    assert explanation.totals.cost.attempts == len(
        {(each.node_id, tried.number) for each in (*steps, *superseded) for tried in each.attempts}
    )
    happened: dict[str, int] = {}
    for each in explanation.entries:
        assert each.round == happened.get(each.node_id, 0) + 1
        for because in each.because:
            assert because.source_round == happened[because.source]
        has_way = not each.because or any(reason.outcome is EdgeOutcome.TAKEN for reason in each.because)
        assert has_way or each.skipped is not None
        if each.skipped is not None and each.skipped.kind is SkipKind.NO_BRANCH:
            assert not has_way
        assert (each.round > 1) == (each.rerun_because is not None)
        happened[each.node_id] = each.round
    for at, each in enumerate(explanation.entries):
        if each.discarded_because is not None:
            later = [(other.node_id, other.round) for other in explanation.entries[at:]]
            assert (each.discarded_because.judge, each.round) in later or each.discarded_because.judge != each.node_id
            assert (each.node_id, each.discarded_because.to_round) in later
