"""Names for the columns of a csv."""

from collections.abc import Sequence
from itertools import count


def column_names(header: Sequence[str]) -> list[str]:
    """One name per column, and none twice: the second `a` becomes `a_2`, a nameless third column `column_3`.

    A name that stands in the header is never given to another column.
    """
    taken = set(header)
    first_seen: set[str] = set()
    next_number: dict[str, count[int]] = {}
    names = []
    for position, written in enumerate(header, 1):
        name = written or f"column_{position}"
        if written in first_seen or (not written and name in taken):
            numbers = next_number.setdefault(name, count(2))
            name = next(free for number in numbers if (free := f"{name}_{number}") not in taken)
        first_seen.add(written)
        first_seen.discard("")
        taken.add(name)
        names.append(name)
    return names
