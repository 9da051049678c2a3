"""Why an outgoing call gave no answer.

The texts are for people. They name a host at most, never a path, a query or a header: those may hold secrets.
"""

from domain.errors import DomainError, Forbidden, Invalid, LimitExceeded, Unavailable


class OutgoingCallFailed(DomainError):
    """Root of all that can go wrong with an outgoing call."""

    code = "OUTGOING_CALL_FAILED"


class BadUrl(OutgoingCallFailed, Invalid):
    code = "BAD_URL"


class BadHeader(OutgoingCallFailed, Invalid):
    code = "BAD_HEADER"


class AddressRefused(OutgoingCallFailed, Forbidden):
    """The place is not out in the world, and nobody allowed it."""

    code = "ADDRESS_REFUSED"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"Calls to {place} are refused: {reason}. Whoever runs REX can allow it with REX_OUTGOING_ALLOW"
        )


class NameNotResolved(OutgoingCallFailed, Unavailable):
    code = "NAME_NOT_RESOLVED"

    def __init__(self, name: str, reason: str = "there is no such name") -> None:
        super().__init__(f"The address of {name} could not be found: {reason}")


class TooManyRedirects(OutgoingCallFailed, LimitExceeded):
    code = "TOO_MANY_REDIRECTS"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The answer redirects more than {limit} times")


class AnswerTooLarge(OutgoingCallFailed, LimitExceeded):
    """`limit` in bytes, counted after decompression."""

    code = "ANSWER_TOO_LARGE"

    def __init__(self, limit: int, what: str = "answer") -> None:
        super().__init__(f"The {what} is larger than {_size(limit)}")


class TookTooLong(OutgoingCallFailed, Unavailable):
    def __init__(self, seconds: float) -> None:
        super().__init__(f"HTTP request timed out after {round(seconds * 1000)}ms")

    code = "TOOK_TOO_LONG"


class AnswerUnreadable(OutgoingCallFailed, Unavailable):
    """What came back is not what its headers promise."""

    code = "ANSWER_UNREADABLE"


class CertificateRefused(OutgoingCallFailed, Unavailable):
    code = "CERTIFICATE_REFUSED"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"The certificate of {place} is not to be trusted: {reason}")


class ConnectionBroken(OutgoingCallFailed, Unavailable):
    code = "CONNECTION_BROKEN"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"No answer from {place}: {reason}")


def _size(limit: int) -> str:
    for unit, size in (("MiB", 1024 * 1024), ("KiB", 1024)):
        if limit >= size:
            return f"{round(limit / size, 1):g} {unit}"
    return f"{limit} bytes"
