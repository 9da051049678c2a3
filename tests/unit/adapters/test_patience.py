"""Pauses grow, differ between callers, and heed what the provider asks."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from adapters.models.patience import Patience, asked_pause
from tests.fakes.clock import NOON


def test_pauses_double_up_to_the_longest() -> None:
    patience = Patience(first_pause=1, longest_pause=5, random=lambda: 0.0)
    assert [patience.pause_after(tries) for tries in (1, 2, 3, 4)] == [1, 2, 4, 5]


def test_chance_takes_up_to_half_of_a_pause() -> None:
    assert Patience(first_pause=1, random=lambda: 0.5).pause_after(1) == 0.75


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7),
        (" 0.25 ", 0.25),
        ("0", 0),
        ("-1", None),
        ("inf", None),
        ("later", None),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOON - timedelta(seconds=90), usegmt=True), 0),
    ],
)
def test_reads_seconds_and_dates(header: str | None, seconds: float | None) -> None:
    assert asked_pause(header, now=NOON) == seconds
