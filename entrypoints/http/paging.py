"""Which page of a list: `page` and `limit` in the query, the numbers about it in `meta`."""

from typing import Annotated, Any, TypeAlias, TypeVar, cast

from litestar.params import QueryParameter
from msgspec import Struct

from application.ports.read_models import Page, Paging
from domain.errors import Fault, Invalid
from domain.values.coercion import numeric
from entrypoints.http.envelope import SuccessWithMeta

MAX_PAGE = 2**53 - 1
"""The largest whole number that every client can write; offsets from it still fit into 64 bits."""

Record = TypeVar("Record")


class PageMeta(Struct, rename="camel", kw_only=True):
    total: int
    page: int
    limit: int
    total_pages: int


def paged(
    record: type[Record], page: Page, paging: Paging, *, pages_of_nothing: int
) -> SuccessWithMeta[list[Record], PageMeta]:
    """A page that left the store in wire form; an empty list counts as `pages_of_nothing` pages."""
    pages = -(-page.total // paging.limit) or pages_of_nothing
    meta = PageMeta(total=page.total, page=paging.page, limit=paging.limit, total_pages=pages)
    return SuccessWithMeta(data=cast("list[Record]", page.items), meta=meta)


def _number(default: int, most: int) -> QueryParameter:
    """Taken as a list, so that a parameter sent twice is seen; documented as the number that it is."""
    shown: dict[str, Any] = {"type": "integer", "oneOf": None, "minimum": 1, "maximum": most, "default": default}
    return QueryParameter(schema_extra=shown, required=False)


PageNumber: TypeAlias = Annotated[list[str] | None, _number(1, MAX_PAGE)]
LimitTo100: TypeAlias = Annotated[list[str] | None, _number(20, 100)]


def to_paging(page: list[str] | None, limit: list[str] | None, *, usual: int = 20, most: int = 100) -> Paging:
    """Raise Invalid with the faults of both."""
    faults: list[Fault] = []
    paging = Paging(
        page=_read("page", page, usual=1, most=MAX_PAGE, faults=faults),
        limit=_read("limit", limit, usual=usual, most=most, faults=faults),
    )
    if faults:
        raise Invalid("Invalid query params", faults)
    return paging


def _read(name: str, sent: list[str] | None, *, usual: int, most: int, faults: list[Fault]) -> int:
    if sent is None:
        return usual
    number = numeric(sent[0]) if len(sent) == 1 else None
    if len(sent) > 1:
        faults.append(Fault((name,), "repeated", "Must be given once"))
    elif not isinstance(number, int):
        faults.append(Fault((name,), "wrong_type", "Expected a whole number"))
    elif not 1 <= number <= most:
        faults.append(Fault((name,), "out_of_range", f"Number must be between 1 and {most}"))
    else:
        return number
    return usual
