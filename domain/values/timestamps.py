"""Moments as the wire and graphs write them."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with exactly three fractional digits and `Z`: 2026-11-22T22:10:35.620Z. Cut, not rounded."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """The inverse of `timestamp`. Raise ValueError for anything else that is not ISO 8601."""
    return datetime.fromisoformat(text).astimezone(UTC)
