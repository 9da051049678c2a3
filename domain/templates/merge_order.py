"""In which order nodes or edges stand after a merge."""

from collections.abc import Sequence


def merged_order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """All that either side has. The order is theirs where they changed it, else mine; what only the other side has
    follows what it follows there."""
    has_theirs_changed = _among(base, theirs) != _among(theirs, base)
    lead, other = (theirs, mine) if has_theirs_changed else (mine, theirs)
    following = _following(lead, other)
    return [*following.get(None, ()), *(each for key in lead for each in (key, *following.get(key, ())))]


def _following(lead: Sequence[str], other: Sequence[str]) -> dict[str | None, list[str]]:
    """What only `other` has, by the last thing before it that `lead` has, too."""
    known = set(lead)
    found: dict[str | None, list[str]] = {}
    before: str | None = None
    for each in other:
        if each in known:
            before = each
        else:
            found.setdefault(before, []).append(each)
    return found


def _among(some: Sequence[str], others: Sequence[str]) -> list[str]:
    there = set(others)
    return [each for each in some if each in there]
