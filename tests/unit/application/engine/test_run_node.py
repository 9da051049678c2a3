"""A node's attempts: its policy decides how often, the run's limits decide in the end."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from application.engine.run_node import CRASHED, Retried, RunNode, Tried
from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from domain.executions.context import Context, ContextPatch, Control, RetrievalBudget
from domain.executions.limits import RunLimits
from domain.executions.retry import RetryDirective, RetryPolicy
from domain.ids import ExecutionId, NodeId, UserId, WorkflowId
from domain.values.json import JsonObject
from tests.fakes.ask_model import asking
from tests.fakes.clock import FakeClock
from tests.fakes.http_fetcher import FakeHttpFetcher
from tests.fakes.knowledge import FakeKnowledge
from tests.fakes.language_model import FakeLanguageModel
from tests.fakes.script_sandbox import FakeScriptSandbox
from tests.fakes.store import FakeStore
from tests.fakes.workflow_memory import FakeWorkflowMemory
from tests.unit.application.engine.stage import NoSchemas, Pages

Act = Callable[[int], NodeOutput]


@dataclass
class Scripted:
    """Does at its nth attempt what the script says."""

    act: Act
    type: ClassVar[str] = "scripted"
    category: ClassVar[str] = "logic"
    is_independent: ClassVar[bool] = False
    attempts: int = 0

    @classmethod
    def configured(cls, fields: ConfigReader) -> "Scripted":
        raise NotImplementedError

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        self.attempts += 1
        return self.act(self.attempts)


def fails_until(last: int) -> Act:
    def act(attempt: int) -> NodeOutput:
        if attempt < last:
            raise NodeFailed(f"no {attempt}")
        return NodeOutput.of({"attempt": attempt})

    return act


def asks_again_until(last: int, **wish: int) -> Act:
    def act(attempt: int) -> NodeOutput:
        patch = ContextPatch(memory={f"seen {attempt}": True})
        retry = RetryDirective(reason=f"again {attempt}", delay_ms=wish.get("delay_ms")) if attempt < last else None
        return NodeOutput.adding({}, {"attempt": attempt}, patch=patch, retry=retry)

    return act


async def tried(
    act: Act, policy: RetryPolicy, control: Control | None = None, limits: RunLimits | None = None, left: float = 60
) -> tuple[Tried, FakeClock]:
    clock = FakeClock()
    context = Context.opening({}, RetrievalBudget(), at=clock.now())
    context = replace(context, control=control or Control())
    crashes: list[Exception] = []
    run = RunNode(
        node=Scripted(act),
        policy=policy,
        limits=limits or RunLimits(),
        clock=clock,
        time_left=lambda: left,
        report_crash=crashes.append,
    )

    def seen(now: Context) -> NodeContext:
        return NodeContext(
            execution_id=ExecutionId(UUID(int=1)),
            workflow_id=WorkflowId(UUID(int=2)),
            owner_id=UserId(UUID(int=3)),
            node_id=NodeId("n"),
            memory=now.memory,
            control=now.control,
            retrieval=now.retrieval,
            now=clock.now(),
            clock=clock,
            log=Pages(),
            schemas=NoSchemas(),
            scripts=FakeScriptSandbox(),
            fetcher=FakeHttpFetcher(),
            workflow_memory=FakeWorkflowMemory(FakeStore(clock)),
            search=FakeKnowledge(),
            ingestion=FakeKnowledge(),
            ask_model=asking(FakeLanguageModel()),
        )

    return await run({}, context, seen), clock


def retries(result: Tried) -> list[bool]:
    """Of each retry, whether it counts as a loop too."""
    return [each.is_loop for each in result.changes if isinstance(each, Retried)]


def noted(result: Tried) -> list[tuple[int, str, str | None]]:
    return [(each.number, each.status.value, each.reason) for each in result.attempts]


def up_to(attempts: int, **more: bool | int) -> RetryPolicy:
    return replace(RetryPolicy(enabled=True, max_attempts=attempts), **more)  # type: ignore[arg-type]


async def test_succeeds_at_once() -> None:
    result, _ = await tried(fails_until(1), RetryPolicy())
    assert noted(result) == [(1, "completed", None)]
    assert result.error is None


async def test_fails_at_once_without_a_policy() -> None:
    result, _ = await tried(fails_until(9), RetryPolicy())
    assert noted(result) == [(1, "failed", "no 1")]
    assert (result.error, retries(result)) == ("no 1", [])


async def test_tries_again_after_an_error_and_counts_the_retry_but_no_loop() -> None:
    result, clock = await tried(fails_until(3), up_to(3, delay_ms=500))
    assert noted(result) == [(1, "failed", "no 1"), (2, "failed", "no 2"), (3, "completed", None)]
    assert retries(result) == [False, False]
    assert clock.slept == [0.5, 0.5]


async def test_fails_with_the_last_error_when_the_attempts_are_used_up() -> None:
    result, _ = await tried(fails_until(9), up_to(2))
    assert noted(result) == [(1, "failed", "no 1"), (2, "failed", "no 2")]
    assert (result.error, result.output) == ("no 2", None)


async def test_does_not_retry_errors_when_the_policy_says_so() -> None:
    result, _ = await tried(fails_until(2), up_to(3, retry_on_error=False))
    assert result.error == "no 1"


async def test_heeds_a_directive_and_counts_a_retry_and_a_loop() -> None:
    result, clock = await tried(asks_again_until(2, delay_ms=70), up_to(3, delay_ms=500))
    assert noted(result) == [(1, "retry", "again 1"), (2, "completed", None)]
    assert retries(result) == [True]
    assert clock.slept == [0.07]


async def test_counts_no_loop_when_the_policy_says_so() -> None:
    result, _ = await tried(asks_again_until(2), up_to(3, increment_loop_on_retry=False))
    assert retries(result) == [False]


async def test_ignores_a_directive_without_a_policy() -> None:
    for policy in (RetryPolicy(), up_to(3, retry_on_directive=False)):
        result, _ = await tried(asks_again_until(2), policy)
        assert noted(result) == [(1, "completed", None)]


async def test_keeps_what_earlier_attempts_wrote_to_memory() -> None:
    result, _ = await tried(asks_again_until(3), up_to(3))
    written = [key for change in result.changes if isinstance(change, ContextPatch) for key in change.memory]
    assert written == ["seen 1", "seen 2", "seen 3"]


async def test_fails_when_the_last_attempt_still_asks_for_another() -> None:
    result, _ = await tried(asks_again_until(9), up_to(2))
    assert noted(result)[1] == (2, "failed", "Retry attempts exhausted (2/2): again 2")
    assert result.error == "Retry attempts exhausted (2/2): again 2"


async def test_keeps_the_last_output_when_the_policy_does_not_fail_on_the_last_attempt() -> None:
    result, _ = await tried(asks_again_until(9), up_to(2, fail_on_max_attempts=False))
    assert noted(result)[1] == (2, "completed", None)
    assert result.output is not None
    assert result.output.data == {"attempt": 2}


async def test_fails_at_the_fourth_retry_of_the_run_whatever_the_policy_allows() -> None:
    for act in (fails_until(99), asks_again_until(99)):
        result, _ = await tried(act, up_to(10))
        assert [number for number, _, _ in noted(result)] == [1, 2, 3, 4]
        assert result.error == "Execution retry limit exceeded (4/3)"


async def test_counts_retries_of_other_nodes_too() -> None:
    result, _ = await tried(fails_until(99), up_to(10), Control(retry_count=3))
    assert len(result.attempts) == 1
    assert result.error == "Execution retry limit exceeded (4/3)"


async def test_fails_when_the_run_has_looped_too_often() -> None:
    result, _ = await tried(asks_again_until(99), up_to(10), Control(max_loops=1, max_retries=99))
    assert result.error == "Execution loop limit exceeded (2/1)"


async def test_tells_of_a_defect_only_its_name() -> None:
    def defective(attempt: int) -> NodeOutput:
        raise KeyError("sk-a-secret-that-nobody-should-see")

    result, _ = await tried(defective, RetryPolicy())
    assert result.error == f"{CRASHED}: KeyError"


async def test_records_no_secret_of_an_error() -> None:
    def leaky(attempt: int) -> NodeOutput:
        raise NodeFailed("GET /?key=abcdefghijklmnopqrstuvwxyz said no")

    result, _ = await tried(leaky, RetryPolicy())
    assert result.error == "GET /?key=[REDACTED] said no"
    assert noted(result)[0][2] == result.error
