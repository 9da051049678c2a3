"""Repositories of keys, tokens, webhooks and intentions over rows in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain.access_tokens.access_token import MAX_TOKENS, AccessToken
from domain.access_tokens.errors import AccessTokenNotFound, TooManyAccessTokens
from domain.accounts.errors import UserNotFound
from domain.idempotency.idempotency_key import Remembered
from domain.ids import AccessTokenId, ProviderKeyId, UserId, WebhookSecretId, WorkflowId
from domain.provider_keys.errors import ProviderKeyNotFound, TooManyProviderKeys
from domain.provider_keys.provider_key import MAX_KEYS, Provider, ProviderKey
from domain.webhooks.errors import DeliveryReplayed, TooManyWebhookSecrets, WebhookSecretNotFound
from domain.webhooks.listening import RefusalCount, WebhookRefusal
from domain.webhooks.webhook_secret import MAX_LIVE, WebhookSecret
from domain.workflows.errors import WorkflowNotFound

if TYPE_CHECKING:
    from tests.fakes.store import Rows


class FakeProviderKeyRepository:
    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add(self, key: ProviderKey) -> None:
        if key.owner_id not in self._rows.users:
            raise UserNotFound
        if len(await self.of_owner(key.owner_id)) >= MAX_KEYS:
            raise TooManyProviderKeys
        self._rows.provider_keys[key.id] = key

    async def of_owner(self, owner_id: UserId) -> Sequence[ProviderKey]:
        mine = [each for each in self._rows.provider_keys.values() if each.owner_id == owner_id]
        return sorted(mine, key=lambda each: (each.created_at, each.id), reverse=True)

    async def find_newest(self, owner_id: UserId, provider: Provider) -> ProviderKey | None:
        return next((each for each in await self.of_owner(owner_id) if each.provider is provider), None)

    async def remove(self, key_id: ProviderKeyId, owner_id: UserId) -> None:
        found = self._rows.provider_keys.get(key_id)
        if found is None or found.owner_id != owner_id:
            raise ProviderKeyNotFound
        del self._rows.provider_keys[key_id]

    async def not_sealed_with(self, ring_key: str, *, after: ProviderKeyId | None, limit: int) -> Sequence[ProviderKey]:
        others = [each for each in self._rows.provider_keys.values() if each.ring_key != ring_key]
        rest = [each for each in others if after is None or each.id > after]
        return sorted(rest, key=lambda each: each.id)[:limit]

    async def reseal(self, key: ProviderKey, *, was: str) -> None:
        stored = self._rows.provider_keys.get(key.id)
        if stored is not None and stored.sealed == was:
            self._rows.provider_keys[key.id] = replace(stored, sealed=key.sealed, ring_key=key.ring_key)


class FakeAccessTokenRepository:
    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add(self, token: AccessToken) -> None:
        if token.owner_id not in self._rows.users:
            raise UserNotFound
        if len(await self.of_owner(token.owner_id)) >= MAX_TOKENS:
            raise TooManyAccessTokens
        self._rows.access_tokens[token.id] = token

    async def of_owner(self, owner_id: UserId) -> Sequence[AccessToken]:
        mine = [each for each in self._rows.access_tokens.values() if each.owner_id == owner_id]
        return sorted(mine, key=lambda each: (each.created_at, each.id), reverse=True)

    async def remove(self, token_id: AccessTokenId, owner_id: UserId) -> None:
        found = self._rows.access_tokens.get(token_id)
        if found is None or found.owner_id != owner_id:
            raise AccessTokenNotFound
        del self._rows.access_tokens[token_id]

    async def remove_all(self, owner_id: UserId) -> None:
        for token in await self.of_owner(owner_id):
            del self._rows.access_tokens[token.id]


class FakeWebhookRepository:
    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add_secret(self, secret: WebhookSecret) -> None:
        if secret.workflow_id not in self._rows.workflows:
            raise WorkflowNotFound
        if len(await self.secrets_of(secret.workflow_id)) >= MAX_LIVE:
            raise TooManyWebhookSecrets
        self._rows.webhook_secrets[secret.id] = secret

    async def secrets_of(self, workflow_id: WorkflowId) -> Sequence[WebhookSecret]:
        live = [each for each in self._rows.webhook_secrets.values() if each.workflow_id == workflow_id]
        return sorted(live, key=lambda each: (each.created_at, each.id), reverse=True)

    async def remove_secret(self, secret_id: WebhookSecretId, workflow_id: WorkflowId) -> None:
        found = self._rows.webhook_secrets.get(secret_id)
        if found is None or found.workflow_id != workflow_id:
            raise WebhookSecretNotFound
        del self._rows.webhook_secrets[secret_id]

    async def secrets_not_sealed_with(
        self, ring_key: str, *, after: WebhookSecretId | None, limit: int
    ) -> Sequence[WebhookSecret]:
        others = [each for each in self._rows.webhook_secrets.values() if each.ring_key != ring_key]
        rest = [each for each in others if after is None or each.id > after]
        return sorted(rest, key=lambda each: each.id)[:limit]

    async def reseal(self, secret: WebhookSecret, *, was: str) -> None:
        stored = self._rows.webhook_secrets.get(secret.id)
        if stored is not None and stored.sealed == was:
            self._rows.webhook_secrets[secret.id] = replace(stored, sealed=secret.sealed, ring_key=secret.ring_key)

    async def note_delivery(self, workflow_id: WorkflowId, digest: str, *, at: datetime) -> None:
        if workflow_id not in self._rows.workflows:
            raise WorkflowNotFound
        if (workflow_id, digest) in self._rows.deliveries:
            raise DeliveryReplayed
        self._rows.deliveries[workflow_id, digest] = at

    async def forget_deliveries(self, *, before: datetime, limit: int) -> int:
        old = [key for key, at in self._rows.deliveries.items() if at < before][:limit]
        for key in old:
            del self._rows.deliveries[key]
        return len(old)

    async def note_refusal(self, workflow_id: WorkflowId, reason: WebhookRefusal, *, at: datetime) -> None:
        if workflow_id in self._rows.workflows:
            known = self._rows.refusals.get((workflow_id, reason))
            count = 1 if known is None else known.count + 1
            self._rows.refusals[workflow_id, reason] = RefusalCount(reason=reason, count=count, last_at=at)

    async def refusals_of(self, workflow_id: WorkflowId) -> Sequence[RefusalCount]:
        its = [each for (of, _), each in self._rows.refusals.items() if of == workflow_id]
        return sorted(sorted(its, key=lambda each: each.reason), key=lambda each: each.last_at, reverse=True)


class FakeIntentionRepository:
    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def remember(self, made: Remembered) -> Remembered:
        if made.owner_id not in self._rows.users:
            raise UserNotFound
        key = (made.owner_id, made.place, made.intention.key)
        known = self._rows.intentions.get(key)
        if known is None or known.expires_at <= made.created_at:
            self._rows.intentions[key] = made
        return self._rows.intentions[key]

    async def correct(self, made: Remembered) -> None:
        self._rows.intentions[made.owner_id, made.place, made.intention.key] = made

    async def forget(self, *, before: datetime, limit: int) -> int:
        old = [key for key, each in self._rows.intentions.items() if each.expires_at < before][:limit]
        for key in old:
            del self._rows.intentions[key]
        return len(old)
