"""Keys, tokens and webhook secrets: kept for their owner, counted, and hidden from everybody else."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.access_tokens.access_token import MAX_TOKENS, Scope, digest_of
from domain.access_tokens.errors import AccessTokenNotFound, TooManyAccessTokens
from domain.accounts.errors import UserNotFound
from domain.accounts.user import User
from domain.errors import Conflict
from domain.ids import ProviderKeyId, UserId
from domain.provider_keys.errors import ProviderKeyNotFound, TooManyProviderKeys
from domain.provider_keys.provider_key import MAX_KEYS, Provider
from domain.webhooks.errors import DeliveryReplayed, TooManyWebhookSecrets, WebhookSecretNotFound
from domain.webhooks.listening import RefusalCount, WebhookRefusal
from domain.workflows.errors import WorkflowNotFound
from domain.workflows.workflow import Workflow
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import somebody
from tests.fakes.clock import NOON
from tests.make import a_provider_key, a_user, a_webhook_secret, a_workflow, an_access_token

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


async def drawn(store: Keeping, owner: User) -> Workflow:
    workflow = a_workflow(owner)
    async with store.begin() as work:
        await work.workflows.add(workflow)
        await work.commit()
    return workflow


async def test_keeps_provider_keys_newest_first(store: Keeping) -> None:
    ada, grace = await somebody(store), await somebody(store, "grace@example.com")
    old = a_provider_key(ada, sealed="old")
    new = a_provider_key(ada, sealed="new", at=NOON + SECOND)
    other = a_provider_key(ada, Provider.OPENAI, at=NOON - SECOND)
    async with store.begin() as work:
        for key in (old, new, other):
            await work.provider_keys.add(key)
        await work.commit()
    async with store.begin() as work:
        assert await work.provider_keys.of_owner(ada.id) == [new, old, other]
        assert await work.provider_keys.find_newest(ada.id, Provider.GEMINI) == new
        assert await work.provider_keys.find_newest(ada.id, Provider.GROQ) is None
        assert await work.provider_keys.of_owner(grace.id) == []
        assert await work.provider_keys.find_newest(grace.id, Provider.GEMINI) is None


async def test_takes_back_a_key_of_its_owner_only(store: Keeping) -> None:
    ada, grace = await somebody(store), await somebody(store, "grace@example.com")
    key = a_provider_key(ada)
    async with store.begin() as work:
        await work.provider_keys.add(key)
        for key_id, owner in ((key.id, grace), (ProviderKeyId(uuid4()), ada)):
            with pytest.raises(ProviderKeyNotFound):
                await work.provider_keys.remove(key_id, owner.id)
        await work.provider_keys.remove(key.id, ada.id)
        assert await work.provider_keys.of_owner(ada.id) == []


async def test_keeps_so_many_keys_and_tokens_for_each_and_nothing_for_nobody(store: Keeping) -> None:
    ada, grace, nobody = await somebody(store), await somebody(store, "grace@example.com"), a_user()
    async with store.begin() as work:
        for number in range(MAX_KEYS):
            await work.provider_keys.add(a_provider_key(ada))
            await work.access_tokens.add(an_access_token(ada, f"rex_{number}"))
        with pytest.raises(TooManyProviderKeys):
            await work.provider_keys.add(a_provider_key(ada))
        with pytest.raises(TooManyAccessTokens):
            await work.access_tokens.add(an_access_token(ada, "rex_more"))
        await work.provider_keys.add(a_provider_key(grace))
        await work.access_tokens.add(an_access_token(grace, "rex_grace"))
        with pytest.raises(UserNotFound):
            await work.provider_keys.add(a_provider_key(nobody))
    async with store.begin() as work:
        with pytest.raises(UserNotFound):
            await work.access_tokens.add(an_access_token(nobody))
    assert MAX_KEYS == MAX_TOKENS


async def test_finds_keys_to_seal_anew_and_replaces_what_is_unchanged(store: Keeping) -> None:
    ada = await somebody(store)
    keys = sorted((a_provider_key(ada, sealed=str(at)) for at in range(3)), key=lambda key: key.id)
    current = a_provider_key(ada, ring_key="k2")
    async with store.begin() as work:
        for key in (*keys, current):
            await work.provider_keys.add(key)
        assert await work.provider_keys.not_sealed_with("k2", after=None, limit=2) == keys[:2]
        assert await work.provider_keys.not_sealed_with("k2", after=keys[1].id, limit=2) == keys[2:]
        anew = replace(keys[0], sealed="anew", ring_key="k2")
        await work.provider_keys.reseal(anew, was="changed meanwhile")
        assert keys[0] in await work.provider_keys.of_owner(ada.id)
        await work.provider_keys.reseal(anew, was=keys[0].sealed)
        assert anew in await work.provider_keys.of_owner(ada.id)


async def test_knows_a_token_by_its_digest_and_notes_the_minute_of_its_use(store: Keeping) -> None:
    ada = await somebody(store)
    token = an_access_token(ada, "rex_s", scopes=frozenset({Scope.RUN, Scope.WRITE}))
    async with store.begin() as work:
        await work.access_tokens.add(token)
        await work.commit()

    async def last_used() -> object:
        async with store.begin() as work:
            [kept] = await work.access_tokens.of_owner(ada.id)
            assert replace(kept, last_used_at=None) == token
            return kept.last_used_at

    assert await last_used() is None
    for at, noted in ((NOON, NOON), (NOON + 59 * SECOND, NOON), (NOON + MINUTE, NOON + MINUTE)):
        state = await store.accounts.use_access_token(digest_of("rex_s"), at=at)
        assert state is not None
        assert (state.user_id, state.scopes, state.expires_at) == (ada.id, token.scopes, token.expires_at)
        assert await last_used() == noted
    assert token.expires_at is not None
    assert await store.accounts.use_access_token(digest_of("rex_s"), at=token.expires_at) is not None
    assert await last_used() == NOON + MINUTE
    assert await store.accounts.use_access_token(digest_of("rex_t"), at=NOON) is None


async def test_revokes_one_token_or_all_of_a_user(store: Keeping) -> None:
    ada, grace = await somebody(store), await somebody(store, "grace@example.com")
    tokens = [an_access_token(ada, f"rex_{at}", at=NOON + at * SECOND) for at in range(3)]
    other = an_access_token(grace, "rex_grace")
    async with store.begin() as work:
        for token in (*tokens, other):
            await work.access_tokens.add(token)
        with pytest.raises(AccessTokenNotFound):
            await work.access_tokens.remove(tokens[0].id, grace.id)
        await work.access_tokens.remove(tokens[0].id, ada.id)
        assert await work.access_tokens.of_owner(ada.id) == [tokens[2], tokens[1]]
        await work.access_tokens.remove_all(ada.id)
        assert await work.access_tokens.of_owner(ada.id) == []
        assert await work.access_tokens.of_owner(grace.id) == [other]


async def test_ends_all_sessions_of_a_user(store: Keeping) -> None:
    ada = await somebody(store)
    async with store.begin() as work:
        await work.users.end_sessions(ada.id)
        with pytest.raises(UserNotFound):
            await work.users.end_sessions(UserId(uuid4()))
        await work.commit()
    state = await store.accounts.state(ada.id)
    assert state is not None
    assert state.token_version == ada.token_version + 1


async def test_keeps_two_secrets_of_a_workflow_and_no_third_even_at_once(store: Keeping) -> None:
    workflow = await drawn(store, await somebody(store))

    async def add() -> None:
        async with store.begin() as work:
            await work.webhooks.add_secret(a_webhook_secret(workflow))
            await work.commit()

    done = await asyncio.gather(*(add() for _ in range(4)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done if each) == [TooManyWebhookSecrets.__name__] * 2
    async with store.begin() as work:
        with pytest.raises(WorkflowNotFound):
            await work.webhooks.add_secret(a_webhook_secret(a_workflow(a_user())))


async def test_keeps_each_workflows_secrets_to_itself(store: Keeping) -> None:
    ada = await somebody(store)
    workflow, other = await drawn(store, ada), await drawn(store, ada)
    old, new = a_webhook_secret(workflow), a_webhook_secret(workflow, at=NOON + SECOND, ring_key="k2")
    async with store.begin() as work:
        await work.webhooks.add_secret(old)
        await work.webhooks.add_secret(new)
        assert await work.webhooks.secrets_of(workflow.id) == [new, old]
        assert await work.webhooks.secrets_of(other.id) == []
        assert await work.webhooks.secrets_not_sealed_with("k2", after=None, limit=9) == [old]
        assert await work.webhooks.secrets_not_sealed_with("k2", after=old.id, limit=9) == []
        anew = replace(old, sealed="anew", ring_key="k2")
        await work.webhooks.reseal(anew, was="changed meanwhile")
        await work.webhooks.reseal(anew, was=old.sealed)
        with pytest.raises(WebhookSecretNotFound):
            await work.webhooks.remove_secret(old.id, other.id)
        await work.webhooks.remove_secret(new.id, workflow.id)
        assert await work.webhooks.secrets_of(workflow.id) == [anew]


async def test_notes_a_delivery_once_even_when_it_comes_twice_at_once(store: Keeping) -> None:
    ada = await somebody(store)
    workflow, other = await drawn(store, ada), await drawn(store, ada)

    async def note(of: Workflow) -> None:
        async with store.begin() as work:
            await work.webhooks.note_delivery(of.id, "digest", at=NOON)
            await work.commit()

    done = await asyncio.gather(*(note(workflow) for _ in range(4)), return_exceptions=True)
    assert [type(each) for each in done if each] == [DeliveryReplayed] * 3
    await note(other)
    async with store.begin() as work:
        assert await work.webhooks.forget_deliveries(before=NOON, limit=9) == 0
        assert await work.webhooks.forget_deliveries(before=NOON + SECOND, limit=1) == 1
        assert await work.webhooks.forget_deliveries(before=NOON + SECOND, limit=9) == 1
    async with store.begin() as work:
        with pytest.raises(WorkflowNotFound):
            await work.webhooks.note_delivery(a_workflow(a_user()).id, "digest", at=NOON)


async def test_counts_refusals_by_reason(store: Keeping) -> None:
    workflow = await drawn(store, await somebody(store))
    async with store.begin() as work:
        for at, reason in enumerate((WebhookRefusal.UNSIGNED, WebhookRefusal.REPLAYED, WebhookRefusal.UNSIGNED)):
            await work.webhooks.note_refusal(workflow.id, reason, at=NOON + at * SECOND)
        await work.webhooks.note_refusal(a_workflow(a_user()).id, WebhookRefusal.REPLAYED, at=NOON)
        assert await work.webhooks.refusals_of(workflow.id) == [
            RefusalCount(reason=WebhookRefusal.UNSIGNED, count=2, last_at=NOON + 2 * SECOND),
            RefusalCount(reason=WebhookRefusal.REPLAYED, count=1, last_at=NOON + SECOND),
        ]


async def test_removes_a_workflow_with_all_that_webhooks_know_of_it(store: Keeping) -> None:
    workflow = await drawn(store, await somebody(store))
    async with store.begin() as work:
        await work.webhooks.add_secret(a_webhook_secret(workflow))
        await work.webhooks.note_delivery(workflow.id, "digest", at=NOON)
        await work.webhooks.note_refusal(workflow.id, WebhookRefusal.REPLAYED, at=NOON)
        with pytest.raises(Conflict):
            await work.workflows.remove(workflow, was_revision=workflow.revision + 1)
        await work.workflows.remove(workflow, was_revision=workflow.revision)
        assert await work.webhooks.secrets_of(workflow.id) == []
        assert await work.webhooks.refusals_of(workflow.id) == []
        assert await work.webhooks.forget_deliveries(before=NOON + SECOND, limit=9) == 0
        assert await work.workflows.of_anybody(workflow.id) is None
