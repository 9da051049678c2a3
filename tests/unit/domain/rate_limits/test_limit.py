"""What a limit says about one request."""

from datetime import timedelta

import pytest

from domain.errors import LimitExceeded
from domain.rate_limits.errors import RateLimited
from domain.rate_limits.limit import Limit

MINUTE = timedelta(minutes=1)
LIMIT = Limit(name="api", requests=3, window=MINUTE)


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        (timedelta(seconds=60), 60),
        (timedelta(seconds=59, microseconds=1), 60),
        (timedelta(seconds=1), 1),
        (timedelta(microseconds=1), 1),
        (timedelta(), 1),
    ],
)
def test_rounds_the_wait_up_to_whole_seconds_and_never_to_none(left: timedelta, seconds: int) -> None:
    refused = LIMIT.verdict(allowed=False, used=3, resets_in=left)
    assert (refused.reset_seconds, refused.retry_after) == (seconds, seconds)


def test_asks_nobody_to_wait_who_may_pass() -> None:
    allowed = LIMIT.verdict(allowed=True, used=1, resets_in=MINUTE)
    assert (allowed.limit, allowed.remaining, allowed.reset_seconds, allowed.retry_after) == (3, 2, 60, 0)


def test_has_nothing_left_when_the_limit_was_lowered_meanwhile() -> None:
    assert LIMIT.verdict(allowed=False, used=7, resets_in=MINUTE).remaining == 0


@pytest.mark.parametrize(("requests", "window"), [(0, MINUTE), (-1, MINUTE), (1, timedelta()), (1, -MINUTE)])
def test_is_no_limit_when_nothing_can_ever_pass(requests: int, window: timedelta) -> None:
    with pytest.raises(ValueError, match="api"):
        Limit(name="api", requests=requests, window=window)


@pytest.mark.parametrize(
    ("left", "words"), [(MINUTE, "retry in 60 seconds"), (timedelta(milliseconds=3), "retry in 1 second")]
)
def test_names_the_wait(left: timedelta, words: str) -> None:
    refusal = RateLimited(LIMIT.verdict(allowed=False, used=3, resets_in=left))
    assert isinstance(refusal, LimitExceeded)
    assert refusal.code == "RATE_LIMITED"
    assert refusal.message == f"Rate limit exceeded, {words}"
    assert refusal.retry_after == refusal.verdict.retry_after
