"""The bench of schedules judges by medians: noise decides nothing, a real slope does."""

from tests.bench.schedules import MOST, ROUNDS, SERIES, ratio

STEADY = [10.0] * (SERIES * ROUNDS)


def test_moments_in_which_the_machine_was_busy_do_not_count() -> None:
    noisy = [100.0 if at % 3 == 0 else each for at, each in enumerate(STEADY)]
    two_bad_series = [100.0 if at < 2 * ROUNDS else each for at, each in enumerate(STEADY)]
    assert ratio(STEADY, noisy) == ratio(STEADY, two_bad_series) == 1


def test_what_costs_more_again_and_again_is_found() -> None:
    assert ratio(STEADY, [each * 1.6 for each in STEADY]) > MOST
