"""Leave a key to a model provider with us."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.secret_box import SecretBox
from application.ports.unit_of_work import BeginWork
from domain.errors import Invalid
from domain.ids import ProviderKeyId, UserId
from domain.provider_keys.provider_key import Provider, ProviderKey, binding, key_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class AddProviderKey:
    """From now on it is the one that is used for its provider. Raise Invalid with every fault, or TooManyProviderKeys.

    Blanks around key and label do not count.
    """

    begin: BeginWork
    box: SecretBox
    clock: Clock
    ids: IdGenerator

    async def __call__(self, *, owner_id: UserId, provider: Provider, secret: str, label: str) -> ProviderKeyId:
        if faults := key_faults(secret, label):
            raise Invalid(faults=faults)
        sealed = self.box.seal(secret.strip(), binding=binding(owner_id, provider))
        key = ProviderKey(
            id=self.ids.provider_key(),
            owner_id=owner_id,
            provider=provider,
            label=label.strip(),
            sealed=sealed.text,
            ring_key=sealed.ring_key,
            created_at=self.clock.now(),
        )
        async with self.begin() as work:
            await work.provider_keys.add(key)
            await work.commit()
        return key.id
