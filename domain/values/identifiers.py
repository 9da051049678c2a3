"""Ids as texts spell them."""

from uuid import UUID

from domain.values.json import MaybeJson


def uuid_of(value: MaybeJson) -> UUID | None:
    """The UUID that a text spells in the usual way, blanks around it forgiven; None for anything else."""
    if not isinstance(value, str):
        return None
    text = value.strip().lower()
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
