"""A node's retry policy as graphs store it."""

import pytest

from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.retry import RetryPolicy, bookkeeping, read_retry_policy
from domain.values.json import Json, JsonObject


def test_tries_once_without_a_policy() -> None:
    assert read_retry_policy({}) == RetryPolicy(enabled=False, max_attempts=1)


def test_tries_three_times_when_enabled_without_a_number() -> None:
    assert read_retry_policy({"retryEnabled": True}).max_attempts == 3


def test_prefers_the_nested_policy_to_its_aliases() -> None:
    config: JsonObject = {
        "retryPolicy": {"enabled": "TRUE", "maxAttempts": 4},
        "retryEnabled": False,
        "retryMaxAttempts": 9,
    }
    assert read_retry_policy(config) == RetryPolicy(enabled=True, max_attempts=4)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (0, 1),
        (-3, 1),
        (2.9, 2),
        (99, 10),
        ("5", 5),
        (" 2.9 ", 2),
        ("99", 10),
        ("", 3),
        ("many", 3),
        (True, 3),
        (None, 3),
    ],
)
def test_keeps_the_number_of_attempts_within_its_limits(given: Json, read: int) -> None:
    assert read_retry_policy({"retryEnabled": "true", "retryMaxAttempts": given}).max_attempts == read


@pytest.mark.parametrize(("given", "read"), [(250, 250), (-1, 0), (60_000, 10_000), ("250", 250), ("", 0)])
def test_keeps_the_delay_within_its_limits(given: Json, read: int) -> None:
    assert read_retry_policy({"retryDelayMs": given}).delay_ms == read


@pytest.mark.parametrize("blank", [None, "", " "])
def test_lets_the_aliases_hold_where_the_nested_policy_is_blank(blank: Json) -> None:
    config: JsonObject = {
        "retryPolicy": {"enabled": blank, "maxAttempts": blank, "delayMs": blank},
        "retryEnabled": "true",
        "retryMaxAttempts": "2",
        "retryDelayMs": "250",
    }
    assert read_retry_policy(config) == RetryPolicy(enabled=True, max_attempts=2, delay_ms=250)


def test_reads_switches_leniently() -> None:
    policy = read_retry_policy(
        {
            "retryPolicy": {
                "enabled": "yes",
                "retryOnError": "False",
                "retryOnDirective": 0,
                "failOnMaxAttempts": "no",
                "incrementLoopOnRetry": False,
            }
        }
    )
    assert (policy.enabled, policy.retry_on_error, policy.retry_on_directive) == (False, False, True)
    assert (policy.fail_on_max_attempts, policy.increment_loop_on_retry) == (True, False)


def tried(*statuses: AttemptStatus) -> tuple[Attempt, ...]:
    return tuple(Attempt(number=number, status=each, duration_ms=1) for number, each in enumerate(statuses, 1))


@pytest.mark.parametrize(
    ("statuses", "error", "outcome"),
    [
        ([AttemptStatus.COMPLETED], None, "no_retry"),
        ([AttemptStatus.FAILED, AttemptStatus.COMPLETED], None, "retry_succeeded_after_n"),
        ([AttemptStatus.FAILED, AttemptStatus.FAILED], "no", "retry_exhausted"),
        ([AttemptStatus.FAILED], "no", "failed_without_retry"),
    ],
)
def test_tells_in_one_word_what_became_of_the_attempts(
    statuses: list[AttemptStatus], error: str | None, outcome: str
) -> None:
    kept = bookkeeping(tried(*statuses), error=error)
    expected: JsonObject = {"status": outcome, "attemptCount": len(statuses)}
    assert kept["_retryOutcome"] == (expected if error is None else {**expected, "error": error})
    assert kept["_attemptCount"] == len(statuses)
