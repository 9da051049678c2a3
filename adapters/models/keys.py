"""Keys as HTTP can carry them."""

from typing import Final

from domain.models.errors import ModelKeyRefused

_LONGEST: Final = 4096


def usable_key(provider: str, key: str | None) -> str | None:
    """The key without the blanks that copying adds, None when there is none.

    Raise ModelKeyRefused for what no header can hold, before anything repeats it in an error of its own.
    """
    bare = (key or "").strip()
    if not bare:
        return None
    if len(bare) > _LONGEST or not all("!" <= each <= "~" for each in bare):
        raise ModelKeyRefused(provider, f"The key for {provider} is not one: store it in Settings again.")
    return bare


def needed_key(provider: str, key: str | None) -> str:
    """Raise ModelKeyRefused when there is none, too."""
    bare = usable_key(provider, key)
    if bare is None:
        raise ModelKeyRefused(provider, f"There is no key for {provider}. Add one in Settings.")
    return bare
