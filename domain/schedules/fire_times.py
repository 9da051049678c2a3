"""The times at which a specification fires, known one after the other."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, TypeAlias

FireTimes: TypeAlias = Callable[[datetime], datetime | None]
"""The first fire time later than a moment; None when there is none any more. Strictly increasing with the moment."""

_FINEST: Final = timedelta(milliseconds=1)


def following(times: FireTimes, moment: datetime) -> Iterator[datetime]:
    """All fire times later than `moment`, the earliest first."""
    at = times(moment)
    while at is not None:
        yield at
        at = times(at)


def not_before(times: FireTimes, moment: datetime) -> datetime | None:
    """The first fire time that is `moment` or later."""
    return times(moment - _FINEST)


def last_before(times: FireTimes, moment: datetime, *, known: datetime) -> datetime:
    """The last fire time earlier than `moment`, given one that is: found by halving, for times are only known
    forwards, and there may be millions of them."""
    last, end = known, moment
    while end - last > _FINEST:
        middle = last + (end - last) / 2
        at = times(middle)
        if at is not None and at < moment:
            last = at
        elif (at := times(last)) is None or at >= moment:
            break
        else:
            last, end = at, middle
    return last
