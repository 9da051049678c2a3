"""What a command's exit code says."""

from enum import IntEnum

from domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotFound,
    Unauthenticated,
    Unavailable,
)


class ExitCode(IntEnum):
    """Stable: scripts rely on them. 2 is the command line's own: wrong usage."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    INVALID = 3
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    CONFLICT = 6
    LIMIT = 7
    UNAVAILABLE = 8
    RUN_FAILED = 9
    REFUSED_TO_START = 10
    TROUBLE_FOUND = 11


_CODES: dict[type[DomainError], ExitCode] = {
    Invalid: ExitCode.INVALID,
    Unauthenticated: ExitCode.NOT_ALLOWED,
    Forbidden: ExitCode.NOT_ALLOWED,
    NotFound: ExitCode.NOT_FOUND,
    Conflict: ExitCode.CONFLICT,
    LimitExceeded: ExitCode.LIMIT,
    Unavailable: ExitCode.UNAVAILABLE,
}


def exit_code_of(error: DomainError) -> ExitCode:
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), ExitCode.UNEXPECTED)
