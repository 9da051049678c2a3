"""Texts with rules. Blanks around names and addresses do not count."""

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from domain.accounts.password import MAX_LENGTH as MAX_PASSWORD
from domain.accounts.password import MIN_LENGTH as MIN_PASSWORD
from domain.accounts.user import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, MIN_NAME_LENGTH
from domain.workflows import workflow
from entrypoints.wire.schema_faults import MALFORMED

BLANK: Final = r"[\s\u001c-\u001f\u0085\ufeff]"
"""What is blank to somebody: regular expressions of Python and of JavaScript do not agree on a few."""

VISIBLE: Final = r"[^\s\u001c-\u001f\u0085\ufeff]"


def trimmed(shortest: int, longest: int) -> Meta:
    """A length that counts from the first to the last character that is not blank."""
    between = rf"[\s\S]{{{max(0, shortest - 2)},{longest - 2}}}{VISIBLE}"
    inner = VISIBLE + (between if shortest > 1 else f"({between})?")
    message = f"Must have {shortest} to {longest} characters, not counting blanks around"
    return Meta(pattern=rf"^{BLANK}*{inner}{BLANK}*$", extra={MALFORMED: ("wrong_length", message)})


Email: TypeAlias = Annotated[
    str,
    Meta(
        max_length=MAX_EMAIL_LENGTH,
        pattern=r"^\s*[^\s@]+@[^\s@.]+(\.[^\s@.]+)+\s*$",
        extra={MALFORMED: ("invalid_email", "Invalid email address")},
    ),
]
PersonName: TypeAlias = Annotated[str, trimmed(MIN_NAME_LENGTH, MAX_NAME_LENGTH)]
NewPassword: TypeAlias = Annotated[
    str,
    Meta(
        min_length=MIN_PASSWORD,
        max_length=MAX_PASSWORD,
        pattern=VISIBLE,
        extra={MALFORMED: ("blank", "Password must not be blank")},
    ),
]
SomeText: TypeAlias = Annotated[str, Meta(min_length=1)]
WorkflowName: TypeAlias = Annotated[str, trimmed(1, workflow.MAX_NAME_LENGTH)]
WorkflowDescription: TypeAlias = Annotated[str, Meta(max_length=workflow.MAX_DESCRIPTION_LENGTH)]
UuidText: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        max_length=36,
        extra={MALFORMED: ("invalid_uuid", "Invalid uuid")},
        extra_json_schema={"format": "uuid"},
    ),
]
NodeText: TypeAlias = Annotated[str, Meta(pattern=VISIBLE, extra={MALFORMED: ("blank", "Must not be blank")})]
