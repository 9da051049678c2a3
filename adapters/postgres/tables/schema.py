"""What all tables share.

Documents are `json`, not `jsonb`: hardly anything is searched inside them, a user's text keeps its order of keys, and
reads pass it on as it is.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, MetaData, Uuid, func, text
from sqlalchemy.types import UserDefinedType

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Document(UserDefinedType[str]):
    """`json`, bound and read as text: encoding and decoding is the repositories' business."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "JSON"


def identity() -> Column[Any]:
    """A primary key that the application makes."""
    return Column("id", Uuid, primary_key=True)


def record_identity() -> Column[Any]:
    """A primary key that the database makes, for rows that nobody refers to."""
    return Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()"))


def moment(name: str, *, nullable: bool = False, defaults_to_now: bool = False) -> Column[Any]:
    default = func.now() if defaults_to_now else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def one_of(column: str, options: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{each}'" for each in options)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
