"""How much a document may be, whoever brings it."""

from domain.errors import Fault
from domain.values.json import Json, JsonObject
from domain.values.json_size import json_size, size_text

MAX_TEXT_LENGTH = 8_000_000
MAX_METADATA_BYTES = 64 * 1024
MAX_METADATA_DEPTH = 16


def text_refusal(text: str) -> str | None:
    """Why a text is too long to be kept."""
    if len(text) <= MAX_TEXT_LENGTH:
        return None
    return f"The text has {len(text)} characters, more than {MAX_TEXT_LENGTH}"


def metadata_fault(metadata: JsonObject) -> Fault | None:
    """What makes it too much to be kept beside a text."""
    if json_size(metadata, most=MAX_METADATA_BYTES) > MAX_METADATA_BYTES:
        return Fault(("metadata",), "too_large", f"Must not be larger than {size_text(MAX_METADATA_BYTES)}")
    if _is_deeper(metadata, MAX_METADATA_DEPTH):
        return Fault(("metadata",), "too_deep", f"Must not be nested deeper than {MAX_METADATA_DEPTH}")
    return None


def _is_deeper(value: Json, most: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, dict | list) and (most == 0 or any(_is_deeper(each, most - 1) for each in inside))
