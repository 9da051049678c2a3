"""What stands after the question mark: read parameter by parameter, refused all at once."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from litestar.params import QueryParameter

from application.ports.read_models import Paging
from domain.errors import Fault, Invalid
from domain.values.coercion import numeric

Sent: TypeAlias = list[str] | None
"""How every parameter is taken, so that one that is sent twice is seen; documented as what it means."""

MAX_PAGE: Final = 2**53 - 1
"""The largest whole number that every client can write; offsets from it still fit into 64 bits."""

MAX_CURSOR_LENGTH: Final = 300
UUID_PATTERN: Final = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


def _shown(name: str, description: str, **schema: Any) -> QueryParameter:
    """A parameter as it is documented."""
    return QueryParameter(name=name, description=description, required=False, schema_extra={"oneOf": None, **schema})


def text(name: str, longest: int, description: str) -> QueryParameter:
    return _shown(name, description, type="string", minLength=1, maxLength=longest)


def choice(name: str, options: type[StrEnum], description: str) -> QueryParameter:
    return _shown(name, description, type="string", enum=[each.value for each in options])


def uuid(name: str, description: str) -> QueryParameter:
    return _shown(name, description, type="string", format="uuid", pattern=UUID_PATTERN)


def flag(name: str, description: str) -> QueryParameter:
    return _shown(name, description, type="string", enum=["true", "false"])


def _number(name: str, default: int, most: int, description: str) -> QueryParameter:
    return _shown(name, description, type="integer", minimum=1, maximum=most, default=default)


PageNumber: TypeAlias = Annotated[
    Sent, _number("page", 1, MAX_PAGE, "Which page, counted from 1. Not together with `cursor`.")
]
LimitTo100: TypeAlias = Annotated[Sent, _number("limit", 20, 100, "How many records at most.")]
LimitTo200: TypeAlias = Annotated[Sent, _number("limit", 50, 200, "How many records at most.")]
CursorText: TypeAlias = Annotated[
    Sent, text("cursor", MAX_CURSOR_LENGTH, "`meta.nextCursor` of the page before, as it is: goes on right after it.")
]


class Query:
    """Collects the faults of all parameters; whoever reads ends with `refuse`."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def refuse(self) -> None:
        """Raise Invalid if anything was wrong."""
        if self._faults:
            raise Invalid("Invalid query params", self._faults)

    def paging(self, page: Sent, limit: Sent, cursor: Sent, *, usual: int = 20, most: int = 100) -> Paging:
        paging = Paging(
            page=self._number("page", page, usual=1, most=MAX_PAGE),
            limit=self._number("limit", limit, usual=usual, most=most),
            after=self.text("cursor", cursor, MAX_CURSOR_LENGTH),
        )
        if page is not None and cursor is not None:
            self._fault("cursor", "ambiguous", "Give either page or cursor")
        return paging

    def text(self, name: str, sent: Sent, longest: int) -> str | None:
        value = self._single(name, sent)
        if value is not None and not 1 <= len(value) <= longest:
            self._fault(name, "wrong_length", f"Must have 1 to {longest} characters")
        if value is not None and "\0" in value:
            self._fault(name, "nul", "NUL characters are not allowed")
        return value

    def choice(self, name: str, sent: Sent, options: type[StrEnum]) -> str | None:
        return self._one_of(name, sent, [each.value for each in options])

    def uuid(self, name: str, sent: Sent) -> UUID | None:
        value = self._single(name, sent)
        if value is not None and not re.fullmatch(UUID_PATTERN, value):
            self._fault(name, "invalid_uuid", "Invalid uuid")
            return None
        return None if value is None else UUID(value)

    def flag(self, name: str, sent: Sent) -> bool | None:
        value = self._one_of(name, sent, ["true", "false"])
        return None if value is None else value == "true"

    def _one_of(self, name: str, sent: Sent, options: Sequence[str]) -> str | None:
        value = self._single(name, sent)
        if value is not None and value not in options:
            self._fault(name, "unknown_choice", f"Must be one of {', '.join(options)}")
        return value

    def _number(self, name: str, sent: Sent, *, usual: int, most: int) -> int:
        value = self._single(name, sent)
        if value is None:
            return usual
        number = numeric(value)
        if not isinstance(number, int):
            self._fault(name, "wrong_type", "Expected a whole number")
        elif not 1 <= number <= most:
            self._fault(name, "out_of_range", f"Number must be between 1 and {most}")
        else:
            return number
        return usual

    def _single(self, name: str, sent: Sent) -> str | None:
        if sent is not None and len(sent) != 1:
            self._fault(name, "repeated", "Must be given once")
        return sent[0] if sent is not None and len(sent) == 1 else None

    def _fault(self, name: str, code: str, message: str) -> None:
        self._faults.append(Fault((name,), code, message))


def read_paging(page: Sent, limit: Sent, cursor: Sent) -> Paging:
    """For lists without filters. Raise Invalid."""
    query = Query()
    paging = query.paging(page, limit, cursor)
    query.refuse()
    return paging
