"""What answers about workflows hold beside the workflows themselves."""

from msgspec import Struct

from entrypoints.http.envelope import Issue


class SaveNotes(Struct, kw_only=True):
    """What is unfinished in a graph that was saved all the same."""

    warnings: list[Issue]


class Deleted(Struct, kw_only=True):
    deleted: bool = True
