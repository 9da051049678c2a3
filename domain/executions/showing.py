"""Values as an explanation shows them: short, and without what is recognised as a secret."""

import json
import re
from typing import Final

from domain.executions.redaction import redacted
from domain.values.json import Json

LONGEST_TEXT: Final = 500
LONGEST_VALUE: Final = 200
LONGEST_NAME: Final = 80
MASK: Final = "[REDACTED]"

_READ_AT_MOST: Final = 16 << 10
_NAMES: Final = r"(?i:api[_-]?key|access[_-]?key|private[_-]?key|token|secret|password|passwd|pwd|authorization|cookie)"
_SECRET_NAME: Final = re.compile(rf"{_NAMES}$")
_SECRET_PAIR: Final = re.compile(rf'({_NAMES}"\s*:\s*)("(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*)')


def shown_text(text: str, *, most: int = LONGEST_TEXT) -> str:
    """Secrets go first: a cut could hide what gives one away."""
    clean = redacted(text[:_READ_AT_MOST])
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def shown_json(beginning: str, *, most: int = LONGEST_VALUE) -> str:
    """The beginning of a JSON text, which may end anywhere."""
    return shown_text(_SECRET_PAIR.sub(rf'\1"{MASK}"', beginning[:_READ_AT_MOST]), most=most)


def shown_value(value: Json, *, name: str = "") -> Json:
    """Numbers, booleans and null as they are; text cut; structures as the beginning of their JSON.

    `name` is the path that leads to the value: what is called a password is not shown, whatever it looks like.
    """
    if _SECRET_NAME.search(name):
        return MASK
    if isinstance(value, dict | list):
        spelled = json.dumps(_masked(value), ensure_ascii=False, separators=(",", ":"))
        return shown_text(spelled, most=LONGEST_VALUE)
    return shown_text(value, most=LONGEST_VALUE) if isinstance(value, str) else value


def worded(value: Json) -> str:
    """A shown value within a sentence."""
    return json.dumps(value, ensure_ascii=False)


def _masked(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: MASK if _SECRET_NAME.search(key) else _masked(each) for key, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list) else value
