"""The seven kinds of "no". Every error of the domain is one of them and has a stable public code.

Kinds say what the caller can do about it; they know nothing of HTTP or exit codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    `path` leads into what the caller sent: object keys and array positions, outermost first. An empty path
    is about the whole.
    """

    path: tuple[str | int, ...]
    code: str
    message: str


class DomainError(Exception):
    """Root of all refusals. `code` is part of the public contract and never changes."""

    code: ClassVar[str] = "INTERNAL_ERROR"

    @property
    def message(self) -> str:
        return str(self)


class Invalid(DomainError):
    """What was sent breaks a rule; `faults` holds every breach, each with its path."""

    code = "VALIDATION_ERROR"

    def __init__(self, message: str = "Invalid input", faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class Unauthenticated(DomainError):
    """Nobody, or nobody any more."""

    code = "UNAUTHORIZED"


class Forbidden(DomainError):
    """Known, but not allowed. Other people's things are *not found*, never forbidden."""

    code = "FORBIDDEN"


class NotFound(DomainError):
    """It does not exist, or it is somebody else's."""

    code = "NOT_FOUND"


class Conflict(DomainError):
    """It cannot be done in the present state."""

    code = "CONFLICT"


class Outdated(Conflict):
    """What the caller knew of it is not true any more."""

    code = "PRECONDITION_FAILED"


class LimitExceeded(DomainError):
    """Too much or too often; later or less may work."""

    code = "RATE_LIMITED"


class Unavailable(DomainError):
    """Something that REX depends on does not answer; the same call may work later."""

    code = "UNAVAILABLE"
