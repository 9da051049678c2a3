"""Every examination is made, whatever comes of the others, and nothing secret comes out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from application.maintenance.diagnose import Diagnose
from application.maintenance.examine_clock import ExamineClock
from application.maintenance.examine_secrets import ExamineSecrets
from application.ports.examination import Condition, Diagnosis
from domain.errors import Unavailable
from tests.fakes.clock import FakeClock
from tests.fakes.secret_box import FakeSecretBox
from tests.unit.application.maintenance.test_rotate_keys import BOTH, NEW, OLD, Vault

SOUND = Diagnosis.sound("bread", "fresh")


@dataclass
class Failing:
    failure: Exception
    check: str = "oven"

    async def __call__(self) -> Sequence[Diagnosis]:
        raise self.failure


class Fine:
    check = "bread"

    async def __call__(self) -> Sequence[Diagnosis]:
        return [SOUND]


class Endless:
    check = "dough"

    async def __call__(self) -> Sequence[Diagnosis]:
        await asyncio.Event().wait()
        return []


async def test_goes_on_after_what_cannot_be_looked_at() -> None:
    outage = Failing(Unavailable("The database does not answer"))
    found = await Diagnose(examinations=[outage, Fine()])()
    assert found == [Diagnosis.unknown("oven", "Cannot be looked at: The database does not answer"), SOUND]


async def test_tells_the_kind_of_an_unexpected_failure_and_not_its_text() -> None:
    (found,) = await Diagnose(examinations=[Failing(ValueError("postgresql://rex:hunter2@db/rex"))])()
    assert (found.condition, found.detail) == (Condition.UNKNOWN, "Cannot be looked at: ValueError")


async def test_waits_for_nothing_that_does_not_end() -> None:
    found = await Diagnose(examinations=[Endless(), Fine()], patience_seconds=0.01)()
    assert [each.condition for each in found] == [Condition.UNKNOWN, Condition.SOUND]


def a_clock_off_by(seconds: float, *, travelling: float = 0) -> ExamineClock:
    here = FakeClock()

    async def there() -> datetime:
        here.advance(timedelta(seconds=travelling / 2))
        answer = here.now() + timedelta(seconds=seconds)
        here.advance(timedelta(seconds=travelling / 2))
        return answer

    return ExamineClock(whose="redis", other=there, clock=here)


@pytest.mark.parametrize(
    ("seconds", "detail"), [(3, "3.000 s ahead of this machine"), (-90, "90.000 s behind this machine")]
)
async def test_finds_clocks_that_disagree(seconds: float, detail: str) -> None:
    (found,) = await a_clock_off_by(seconds)()
    assert (found.check, found.condition, found.detail) == ("clock of redis", Condition.TROUBLE, detail)
    assert "NTP" in found.remedy


async def test_does_not_take_a_slow_answer_for_a_wrong_clock() -> None:
    (found,) = await a_clock_off_by(0.5, travelling=20)()
    assert found.condition is Condition.SOUND


async def test_opens_every_secret_with_any_key_of_the_ring() -> None:
    (found,) = await ExamineSecrets(begin=Vault(OLD).store.begin, box=BOTH, at_once=2)()
    assert (found.condition, found.detail) == (Condition.SOUND, "5 stored, all can be opened")


async def test_names_every_secret_that_no_key_opens() -> None:
    vault = Vault(OLD)
    (found,) = await ExamineSecrets(begin=vault.store.begin, box=NEW, at_once=1)()
    assert found.condition is Condition.TROUBLE
    assert found.detail.startswith("5 of 5 cannot be opened: ")
    for key_id in vault.store.rows.provider_keys:
        assert f"provider key {key_id}" in found.detail
    for secret_id in vault.store.rows.webhook_secrets:
        assert f"webhook secret {secret_id}" in found.detail
    assert "rex keys rotate" in found.remedy


async def test_finds_what_was_tampered_with_under_the_key_that_seals_now() -> None:
    vault = Vault(NEW)
    one, *_ = vault.store.rows.provider_keys.values()
    vault.store.rows.provider_keys[one.id] = replace(one, sealed="new|1|x|y")
    (found,) = await ExamineSecrets(begin=vault.store.begin, box=FakeSecretBox("new"))()
    assert found.detail == f"1 of 5 cannot be opened: provider key {one.id}"
