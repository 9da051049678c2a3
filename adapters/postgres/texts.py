"""Texts that Python can hold and PostgreSQL cannot: with NUL, or with half a surrogate pair."""

from typing import Any, Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def well_formed(text: str) -> str:
    """Halves that belong together are joined; what is left of them becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def storable(text: str | None) -> str | None:
    """What a text column can hold of `text`: a strange character must not cost the record."""
    return None if text is None else well_formed(text).replace("\0", REPLACEMENT)


def deeply_well_formed(value: Any) -> Any:
    """A JSON value with all its texts and keys well formed. NUL may stay: JSON spells it as an escape."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {well_formed(key): deeply_well_formed(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [deeply_well_formed(each) for each in value]
    return value


def without_nul(value: Any) -> Any:
    """A JSON value as `jsonb` can hold it: no text and no key in it has a NUL."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): without_nul(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_nul(each) for each in value]
    return value
