"""Look whether every stored secret can be opened."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from application.ports.examination import Diagnosis
from application.ports.secret_box import SecretBox, SecretUnreadable
from application.ports.unit_of_work import BeginWork
from domain.ids import ProviderKeyId, WebhookSecretId
from domain.provider_keys import provider_key
from domain.webhooks import webhook_secret

NO_KEY: Final = ""
"""No key of a ring is called so: what it did not seal is everything."""

REMEDY: Final = (
    "Put the key that sealed it back into ENCRYPTION_KEYS (or ENCRYPTION_MASTER_KEY) and run `rex keys rotate`; "
    "if it is lost, delete the secret and enter it anew"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineSecrets:
    """Opens all of them, those of the current key too: a key may have been exchanged under the same name."""

    begin: BeginWork
    box: SecretBox
    at_once: int = 500
    named_at_most: int = 20

    check = "secrets"

    async def __call__(self) -> Sequence[Diagnosis]:
        opened, unreadable = 0, list[str]()
        for secrets in (self._provider_keys(), self._webhook_secrets()):
            async for name, sealed, binding in secrets:
                try:
                    self.box.open(sealed, binding=binding)
                    opened += 1
                except SecretUnreadable:
                    unreadable.append(name)
        if not unreadable:
            return [Diagnosis.sound(self.check, f"{opened} stored, all can be opened")]
        named = ", ".join(unreadable[: self.named_at_most])
        more = f" and {len(unreadable) - self.named_at_most} more" if len(unreadable) > self.named_at_most else ""
        detail = f"{len(unreadable)} of {opened + len(unreadable)} cannot be opened: {named}{more}"
        return [Diagnosis.trouble(self.check, detail, remedy=REMEDY)]

    async def _provider_keys(self) -> AsyncIterator[tuple[str, str, str]]:
        after: ProviderKeyId | None = None
        while True:
            async with self.begin() as work:
                batch = await work.provider_keys.not_sealed_with(NO_KEY, after=after, limit=self.at_once)
            for key in batch:
                yield f"provider key {key.id}", key.sealed, provider_key.binding(key.owner_id, key.provider)
            if not batch:
                return
            after = batch[-1].id

    async def _webhook_secrets(self) -> AsyncIterator[tuple[str, str, str]]:
        after: WebhookSecretId | None = None
        while True:
            async with self.begin() as work:
                batch = await work.webhooks.secrets_not_sealed_with(NO_KEY, after=after, limit=self.at_once)
            for secret in batch:
                yield f"webhook secret {secret.id}", secret.sealed, webhook_secret.binding(secret.workflow_id)
            if not batch:
                return
            after = batch[-1].id
