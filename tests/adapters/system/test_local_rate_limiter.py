"""Counting in one process, within bounds."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.system.local_rate_limiter import LocalRateLimiter, Windows
from domain.rate_limits.limit import Limit
from tests.fakes.clock import FakeClock
from tests.fakes.rate_limiter import FakeRateLimiter

LIMITS = [
    Limit(name="short", requests=2, window=timedelta(seconds=3)),
    Limit(name="long", requests=4, window=timedelta(seconds=10)),
]
STEPS = st.tuples(
    st.sampled_from(["hit", "hit", "hit", "forgive", "wait"]), st.sampled_from(LIMITS), st.sampled_from("abc")
)


@given(st.lists(STEPS, max_size=60))
async def test_judges_like_the_simplest_way_to_count(steps: list[tuple[str, Limit, str]]) -> None:
    clock = FakeClock()
    ours, naive = LocalRateLimiter(clock), FakeRateLimiter(clock)
    for step, limit, key in steps:
        if step == "hit":
            assert await ours.hit(limit, key) == await naive.hit(limit, key)
        elif step == "forgive":
            await ours.forgive(limit, key)
            await naive.forgive(limit, key)
        else:
            clock.advance(timedelta(seconds=1.7))


def windows(limiter: LocalRateLimiter, limit: Limit) -> Windows:
    return limiter._limits[limit.name]


async def test_forgets_windows_that_have_ended() -> None:
    clock = FakeClock()
    limiter = LocalRateLimiter(clock)
    for number in range(1000):
        clock.advance(timedelta(milliseconds=10))
        await limiter.hit(LIMITS[0], str(number))
    assert len(windows(limiter, LIMITS[0])) <= 301


async def test_stays_within_its_capacity_and_sets_no_busy_key_free() -> None:
    limiter = LocalRateLimiter(FakeClock(), capacity=100)
    for _ in range(5):
        await limiter.hit(LIMITS[0], "busy")
    for number in range(10_000):
        await limiter.hit(LIMITS[0], f"address {number}")
    assert len(windows(limiter, LIMITS[0])) == 100
    assert not (await limiter.hit(LIMITS[0], "busy")).is_allowed
