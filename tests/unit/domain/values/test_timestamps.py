"""Moments as texts."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.timestamps import moment, timestamp

MILLISECONDS = st.datetimes(timezones=st.just(UTC)).map(
    lambda each: each.replace(microsecond=each.microsecond // 1000 * 1000)
)


def test_writes_utc_with_three_fractional_digits() -> None:
    assert timestamp(datetime(2026, 11, 22, 22, 10, 35, 620_000, tzinfo=UTC)) == "2026-11-22T22:10:35.620Z"
    assert timestamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05.000Z"


def test_cuts_and_does_not_round() -> None:
    assert timestamp(datetime(2026, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC)) == "2026-01-01T23:59:59.999Z"


def test_moves_other_zones_to_utc() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert timestamp(datetime(2026, 1, 1, 2, 0, tzinfo=india)) == "2025-12-31T20:30:00.000Z"


def test_writes_early_years_with_four_digits() -> None:
    assert timestamp(datetime(5, 1, 1, tzinfo=UTC)) == "0005-01-01T00:00:00.000Z"


@given(MILLISECONDS)
def test_reads_back_what_it_wrote(at: datetime) -> None:
    assert moment(timestamp(at)) == at


@given(MILLISECONDS, MILLISECONDS)
def test_texts_sort_like_the_moments_they_tell(one: datetime, other: datetime) -> None:
    assert (timestamp(one) < timestamp(other)) == (one < other)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00"])
def test_refuses_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        moment(text)
