"""Lists as they are answered: records in `data`, where one is in `meta`."""

from typing import TypeVar, cast

from msgspec import UNSET, Struct, UnsetType

from application.ports.read_models import Page, Paging
from entrypoints.http.envelope import SuccessWithMeta

Record = TypeVar("Record")


class PageMeta(Struct, rename="camel", kw_only=True):
    """`nextCursor` leads to what follows; at the end there is none.

    After a cursor nothing is counted: the other numbers are only there for pages by number.
    """

    total: int | UnsetType = UNSET
    page: int | UnsetType = UNSET
    limit: int
    total_pages: int | UnsetType = UNSET
    next_cursor: str | UnsetType = UNSET


def paged(
    record: type[Record], page: Page, paging: Paging, *, pages_of_nothing: int
) -> SuccessWithMeta[list[Record], PageMeta]:
    """A page that left the store in wire form; an empty list counts as `pages_of_nothing` pages."""
    meta = PageMeta(limit=paging.limit)
    if page.next is not None:
        meta.next_cursor = page.next
    if page.total is not None:
        meta.total, meta.page = page.total, paging.page
        meta.total_pages = -(-page.total // paging.limit) or pages_of_nothing
    return SuccessWithMeta(data=cast("list[Record]", page.items), meta=meta)
