"""Headers about revisions (RFC 9110, 8.8.3 and 13.1.1) and about requests that may be sent twice."""

import re
from collections.abc import Collection
from typing import Annotated, Final, TypeAlias

from litestar.datastructures import ResponseHeader
from litestar.params import HeaderParameter

from domain.errors import Fault, Invalid
from domain.idempotency.idempotency_key import MAX_KEY_LENGTH, Intention

IfMatch: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        required=False,
        description="ETags of the revisions that you mean: anything newer is refused with 412.",
    ),
]
IdempotencyKey: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        required=False,
        description="Your name for this request: sent again within 24 hours, it is done once and answered the same.",
        schema_extra={"minLength": 1, "maxLength": MAX_KEY_LENGTH, "pattern": "^[!-~]+$"},
    ),
]

ETAG: Final = ResponseHeader(
    name="ETag", description="Names this revision of the workflow, for If-Match.", documentation_only=True
)
REPEATED: Final = ResponseHeader(
    name="Idempotency-Replayed", description="`true` when this answers an earlier request.", documentation_only=True
)

_KEY: Final = re.compile(rf"[!-~]{{1,{MAX_KEY_LENGTH}}}", re.ASCII)
_STRONG_TAG: Final = re.compile(r'"(\d{1,18})"', re.ASCII)


def etag(revision: int) -> dict[str, str]:
    return {"ETag": f'"{revision}"'}


def expected_revisions(if_match: str | None) -> Collection[int] | None:
    """None for any revision. Weak tags and tags that we never gave match nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (_STRONG_TAG.fullmatch(tag.strip()) for tag in if_match.split(","))
    return {int(tag[1]) for tag in tags if tag}


def intention(key: str | None, body: bytes) -> Intention | None:
    """What the caller means to be done once. Raise Invalid for what is no key."""
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        message = f"Must be 1 to {MAX_KEY_LENGTH} visible ASCII characters without blanks"
        raise Invalid("Invalid headers", [Fault(("Idempotency-Key",), "malformed", message)])
    return Intention.of(key, body)


def repeated(*, is_repeat: bool) -> dict[str, str]:
    return {"Idempotency-Replayed": "true"} if is_repeat else {}
