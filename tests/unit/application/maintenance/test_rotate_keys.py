"""Rotation seals everything anew, loses nothing, and says what it cannot open."""

from dataclasses import replace
from datetime import timedelta

from application.maintenance.forget_requests import ForgetRequests
from application.maintenance.rotate_keys import RotateKeys
from application.ports.secret_box import SecretBox
from application.provider_keys.open_provider_key import OpenProviderKey
from domain.provider_keys import provider_key
from domain.provider_keys.provider_key import Provider
from domain.webhooks import webhook_secret
from domain.webhooks.signature import TOLERANCE
from tests.fakes.clock import NOON
from tests.fakes.secret_box import FakeSecretBox
from tests.fakes.store import FakeStore
from tests.make import a_provider_key, a_user, a_webhook_secret, a_workflow, remembered

OLD, BOTH, NEW = FakeSecretBox("old"), FakeSecretBox("new", "old"), FakeSecretBox("new")


class Vault:
    """Three provider keys and two webhook secrets, sealed with the old key."""

    def __init__(self, box: SecretBox = OLD) -> None:
        self.store, self.owner = FakeStore(), a_user()
        rows = self.store.rows
        rows.users[self.owner.id] = self.owner
        self.workflow = a_workflow(self.owner)
        rows.workflows[self.workflow.id] = self.workflow
        for provider in Provider:
            bound = provider_key.binding(self.owner.id, provider)
            sealed = box.seal(f"key for {provider}", binding=bound)
            key = a_provider_key(self.owner, provider, sealed=sealed.text, ring_key=sealed.ring_key)
            rows.provider_keys[key.id] = key
        for text in ("one", "two"):
            sealed = box.seal(text, binding=webhook_secret.binding(self.workflow.id))
            secret = a_webhook_secret(self.workflow, sealed=sealed.text, ring_key=sealed.ring_key)
            rows.webhook_secrets[secret.id] = secret

    async def keys(self, box: SecretBox) -> list[str | None]:
        open_key = OpenProviderKey(begin=self.store.begin, box=box)
        return [await open_key(owner_id=self.owner.id, provider=provider) for provider in Provider]

    def secrets(self, box: SecretBox) -> set[str]:
        bound = webhook_secret.binding(self.workflow.id)
        return {box.open(each.sealed, binding=bound) for each in self.store.rows.webhook_secrets.values()}


async def test_seals_everything_with_the_first_key_of_the_ring() -> None:
    vault = Vault()
    before = await vault.keys(OLD)
    rotation = await RotateKeys(begin=vault.store.begin, box=BOTH, at_once=2)()
    assert (rotation.resealed, rotation.unreadable) == (5, ())
    assert await vault.keys(NEW) == before
    assert vault.secrets(NEW) == {"one", "two"}


async def test_does_nothing_the_second_time() -> None:
    vault = Vault()
    rotate = RotateKeys(begin=vault.store.begin, box=BOTH)
    await rotate()
    kept = dict(vault.store.rows.provider_keys)
    assert (await rotate()).resealed == 0
    assert vault.store.rows.provider_keys == kept


async def test_names_what_it_cannot_open_and_goes_on() -> None:
    vault = Vault()
    lost = next(iter(vault.store.rows.provider_keys.values()))
    vault.store.rows.provider_keys[lost.id] = replace(lost, sealed="lost|1|x|y", ring_key="lost")
    rotation = await RotateKeys(begin=vault.store.begin, box=BOTH, at_once=1)()
    assert (rotation.resealed, rotation.unreadable) == (4, (f"provider key {lost.id}",))
    assert vault.store.rows.provider_keys[lost.id].sealed == "lost|1|x|y"


async def test_forgets_requests_that_cannot_be_repeated_any_more() -> None:
    vault = Vault()
    async with vault.store.begin() as work:
        await work.intentions.remember(remembered(vault.owner))
        await work.webhooks.note_delivery(vault.workflow.id, "digest", at=NOON)
        await work.commit()
    forget = ForgetRequests(begin=vault.store.begin, clock=vault.store.clock)
    vault.store.clock.advance(2 * TOLERANCE)
    assert await forget() == 0
    vault.store.clock.advance(2 * TOLERANCE)
    assert await forget() == 1
    vault.store.clock.advance(timedelta(hours=24))
    assert await forget() == 1
    assert await forget() == 0


async def test_forgets_all_requests_that_cannot_be_repeated_however_many_there_are() -> None:
    vault = Vault()
    async with vault.store.begin() as work:
        for each in range(25):
            await work.webhooks.note_delivery(vault.workflow.id, f"digest {each}", at=NOON)
        await work.intentions.remember(remembered(vault.owner))
        await work.commit()
    forget = ForgetRequests(begin=vault.store.begin, clock=vault.store.clock, at_once=10)
    vault.store.clock.advance(timedelta(days=2))
    assert await forget() == 26
    assert await forget() == 0
