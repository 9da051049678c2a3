"""The state machine of a run: final is final, and only one owner at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.executions.errors import TransitionRefused
from domain.executions.execution import Execution, ExecutionStatus
from domain.executions.step import MAX_ERROR_LENGTH
from domain.ids import ExecutionId, NodeId, UserId, WorkflowId
from domain.workflows.graph import Graph, GraphNode
from domain.workflows.workflow import Workflow

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=15)


def a_workflow() -> Workflow:
    node = GraphNode(id=NodeId("a"), type="output", label="A", x=0, y=0, config={})
    return Workflow(
        id=WorkflowId(UUID(int=1)),
        owner_id=UserId(UUID(int=2)),
        name="W",
        graph=Graph(nodes=(node,)),
        version=7,
        created_at=NOON,
        updated_at=NOON,
    )


def accepted() -> Execution:
    return Execution.accept(a_workflow(), {"a": 1}, id=ExecutionId(UUID(int=3)), at=NOON)


def running() -> Execution:
    return accepted().claimed("w1", lease=LEASE, at=NOON)


def test_freezes_graph_version_and_owner_when_it_is_accepted() -> None:
    workflow = a_workflow()
    execution = Execution.accept(workflow, {"a": 1}, id=ExecutionId(UUID(int=3)), at=NOON)
    redrawn = replace(workflow, graph=Graph(nodes=()), version=8)
    assert (execution.graph, execution.workflow_version) != (redrawn.graph, redrawn.version)
    assert (execution.graph, execution.owner_id) == (workflow.graph, workflow.owner_id)


def test_cannot_be_claimed_while_somebody_else_owns_it() -> None:
    with pytest.raises(TransitionRefused):
        running().claimed("w2", lease=LEASE, at=NOON + LEASE - timedelta(milliseconds=1))


def test_can_be_taken_over_when_the_lease_has_run_out() -> None:
    taken = running().claimed("w2", lease=LEASE, at=NOON + LEASE)
    assert (taken.epoch, taken.claims, taken.started_at) == (2, 2, NOON)


def test_does_not_count_a_claim_that_was_handed_back() -> None:
    back = running().handed_back()
    assert back.is_waiting(at=NOON)
    assert (back.claims, back.epoch) == (0, 2)


def test_keeps_an_error_that_is_too_long_but_cuts_it() -> None:
    failed = running().failed("x" * 10_000, at=NOON)
    assert failed.error_message is not None
    assert len(failed.error_message) == MAX_ERROR_LENGTH


def test_says_who_stopped_it() -> None:
    assert accepted().stopped(at=NOON).error_message == "Stopped by user"


def test_cannot_complete_without_having_started() -> None:
    with pytest.raises(TransitionRefused):
        accepted().completed(at=NOON)


class Lifecycle(RuleBasedStateMachine):
    """Whatever happens in whatever order, these hold."""

    @initialize()
    def accept(self) -> None:
        self.execution = accepted()
        self.now = NOON
        self.ended: Execution | None = None

    def _attempt(self, changed: Execution) -> None:
        assert changed.epoch >= self.execution.epoch
        self.execution = changed
        if changed.status.is_final:
            self.ended = changed

    @rule(seconds=st.integers(0, 30))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(worker=st.sampled_from(["w1", "w2"]))
    def claim(self, worker: str) -> None:
        may = self.execution.is_waiting(at=self.now)
        try:
            changed = self.execution.claimed(worker, lease=LEASE, at=self.now)
        except TransitionRefused:
            assert not may
            return
        assert may
        assert changed.epoch == self.execution.epoch + 1
        self._attempt(changed)

    @rule(change=st.sampled_from(["complete", "fail", "stop", "renew", "hand back"]))
    def change(self, change: str) -> None:
        execution = self.execution
        try:
            changed = {
                "complete": lambda: execution.completed(at=self.now),
                "fail": lambda: execution.failed("no", at=self.now),
                "stop": lambda: execution.stopped(at=self.now),
                "renew": lambda: execution.renewed(lease=LEASE, at=self.now),
                "hand back": execution.handed_back,
            }[change]()
        except TransitionRefused:
            return
        self._attempt(changed)

    @invariant()
    def final_is_final(self) -> None:
        assert self.ended is None or self.execution == self.ended

    @invariant()
    def times_and_errors_fit_the_state(self) -> None:
        execution = self.execution
        assert (execution.finished_at is not None) == execution.status.is_final
        assert execution.lease is None or execution.status is ExecutionStatus.RUNNING
        assert 0 <= execution.claims <= execution.epoch
        if execution.status in (ExecutionStatus.PENDING, ExecutionStatus.COMPLETED):
            assert execution.error_message is None
        if execution.status in (ExecutionStatus.FAILED, ExecutionStatus.CANCELED):
            assert execution.error_message


Lifecycle.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLifecycle = Lifecycle.TestCase
