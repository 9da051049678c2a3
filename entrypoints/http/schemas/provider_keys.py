"""Keys to model providers on the wire: a key goes in and never comes out."""

from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from domain.provider_keys.provider_key import MAX_KEY_LENGTH, MAX_LABEL_LENGTH, MIN_KEY_LENGTH, Provider, ProviderKey
from domain.values.timestamps import timestamp
from entrypoints.wire.schema_faults import MALFORMED
from entrypoints.wire.texts import trimmed

KeyText: TypeAlias = Annotated[
    str,
    Meta(
        pattern=rf"^[ \t\r\n]*[!-~]{{{MIN_KEY_LENGTH},{MAX_KEY_LENGTH}}}[ \t\r\n]*$",
        extra={
            MALFORMED: (
                "malformed",
                f"Must have {MIN_KEY_LENGTH} to {MAX_KEY_LENGTH} letters, digits and signs, without blanks inside",
            )
        },
    ),
]
Label: TypeAlias = Annotated[str, trimmed(1, MAX_LABEL_LENGTH)]


class NewProviderKey(Struct, kw_only=True):
    provider: Provider
    key: KeyText
    label: Label


class ProviderKeyAdded(Struct, kw_only=True):
    id: UUID


class ProviderKeyRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    provider: Provider
    label: str
    created_at: str

    @classmethod
    def of(cls, key: ProviderKey) -> "ProviderKeyRecord":
        return cls(id=key.id, provider=key.provider, label=key.label, created_at=timestamp(key.created_at))
