"""Moments as the wire and graphs write them."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with exactly three fractional digits and `Z`: 2026-11-22T22:10:35.620Z. Cut, not rounded."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def moment(text: str) -> datetime:
    """The inverse of `timestamp`. Raise ValueError for anything else that is not ISO 8601 with a time zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return found.astimezone(UTC)
