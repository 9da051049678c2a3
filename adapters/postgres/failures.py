"""What a failure of the driver means to us: the database is not there, lets us not in, or cannot keep a value."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.errors import DomainError, Invalid, Unavailable

NOT_THERE: Final = "The database does not answer"
NOT_REACHABLE: Final = "The address of the database cannot be used"
NOT_ADMITTED: Final = "The database lets us not in: wrong user or password, or no database of that name"
NOT_KEPT: Final = "The database cannot keep this value"


class NotAdmitted(Unavailable):
    """Nothing that waiting would mend: a wrong address, a wrong password, no database of that name."""


_LOST: Final = (
    OSError,
    TimeoutError,
    PoolTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # when the server's last words come between two steps of one call
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
)
_SHUT_OUT: Final = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
_FAILURES: Final = (*_LOST, DBAPIError, asyncpg.PostgresError)


@contextmanager
def translated_failures() -> Iterator[None]:
    """Raise Unavailable for what may work later, Invalid for what never will; defects of ours pass as they are."""
    try:
        yield
    except _FAILURES as failure:
        meaning = _meaning_of(failure)
        if meaning is None:
            raise
        raise meaning from failure


def _meaning_of(failure: Exception) -> DomainError | None:
    cause = _of_driver(failure)
    if isinstance(cause, asyncpg.exceptions.ClientConfigurationError):
        return NotAdmitted(f"{NOT_REACHABLE}: {cause.args[0]}")
    if isinstance(cause, _SHUT_OUT):
        return NotAdmitted(NOT_ADMITTED)
    if isinstance(cause, _LOST) or (isinstance(failure, DBAPIError) and failure.connection_invalidated):
        return Unavailable(NOT_THERE)
    return Invalid(NOT_KEPT) if isinstance(cause, asyncpg.DataError) else None


def _of_driver(failure: Exception) -> BaseException:
    """What the driver itself raised, below SQLAlchemy's wrapping."""
    wrapped = failure.orig if isinstance(failure, DBAPIError) else None
    return (wrapped.__cause__ or wrapped) if wrapped is not None else failure
