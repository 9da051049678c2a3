"""Seal every stored secret with the first key of the ring."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.ports.secret_box import SecretBox, SecretUnreadable
from application.ports.unit_of_work import BeginWork
from domain.ids import ProviderKeyId, WebhookSecretId
from domain.provider_keys import provider_key
from domain.provider_keys.provider_key import ProviderKey
from domain.webhooks import webhook_secret
from domain.webhooks.webhook_secret import WebhookSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """`unreadable` names what no key of the ring opens; it is left as it is."""

    resealed: int
    unreadable: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKeys:
    """Works in small batches beside whatever else happens, and can be interrupted and repeated at any time.

    Once it reports nothing unreadable, the other keys of the ring are not needed any more.
    """

    begin: BeginWork
    box: SecretBox
    at_once: int = 100

    async def __call__(self) -> Rotation:
        keys, webhooks = await self._provider_keys(), await self._webhook_secrets()
        return Rotation(resealed=keys.resealed + webhooks.resealed, unreadable=(*keys.unreadable, *webhooks.unreadable))

    async def _provider_keys(self) -> Rotation:
        after: ProviderKeyId | None = None
        resealed, unreadable = 0, list[str]()
        while True:
            async with self.begin() as work:
                batch = await work.provider_keys.not_sealed_with(self.box.current, after=after, limit=self.at_once)
                for key in batch:
                    try:
                        await work.provider_keys.reseal(self._provider_key(key), was=key.sealed)
                        resealed += 1
                    except SecretUnreadable:
                        unreadable.append(f"provider key {key.id}")
                await work.commit()
            if not batch:
                return Rotation(resealed=resealed, unreadable=unreadable)
            after = batch[-1].id

    async def _webhook_secrets(self) -> Rotation:
        after: WebhookSecretId | None = None
        resealed, unreadable = 0, list[str]()
        while True:
            async with self.begin() as work:
                batch = await work.webhooks.secrets_not_sealed_with(self.box.current, after=after, limit=self.at_once)
                for secret in batch:
                    try:
                        await work.webhooks.reseal(self._webhook_secret(secret), was=secret.sealed)
                        resealed += 1
                    except SecretUnreadable:
                        unreadable.append(f"webhook secret {secret.id}")
                await work.commit()
            if not batch:
                return Rotation(resealed=resealed, unreadable=unreadable)
            after = batch[-1].id

    def _provider_key(self, key: ProviderKey) -> ProviderKey:
        bound = provider_key.binding(key.owner_id, key.provider)
        sealed = self.box.seal(self.box.open(key.sealed, binding=bound), binding=bound)
        return replace(key, sealed=sealed.text, ring_key=sealed.ring_key)

    def _webhook_secret(self, secret: WebhookSecret) -> WebhookSecret:
        bound = webhook_secret.binding(secret.workflow_id)
        sealed = self.box.seal(self.box.open(secret.sealed, binding=bound), binding=bound)
        return replace(secret, sealed=sealed.text, ring_key=sealed.ring_key)
