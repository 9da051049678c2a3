"""The compose file is one that Compose takes, and starts what REX consists of, in order and with real secrets.

compose-spec.json is the schema of the Compose Specification (Apache License 2.0, see LICENSE.compose-spec), unchanged.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from entrypoints.settings import Mode, read_settings
from entrypoints.stopping import AFTER_PATIENCE_SECONDS, LAST_SECONDS
from tests.deployment.compose import ROOT, Missing, compose, demanded

SECRETS = {
    "JWT_SECRET": "0123456789abcdef" * 4,
    "ENCRYPTION_KEYS": f"2026a:{bytes(range(32)).hex()}",
    "POSTGRES_PASSWORD": "a9" * 32,
    "REDIS_PASSWORD": "b8" * 32,
}
SERVING = ("api", "worker", "scheduler")
OURS = (*SERVING, "migrate")
SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text())


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = compose(SECRETS)["services"]
    return found


def seconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)s", text)
    assert found is not None
    return int(found[1])


def test_is_what_the_compose_specification_allows() -> None:
    assert [fault.message for fault in Draft202012Validator(SCHEMA).iter_errors(compose(SECRETS))] == []


def test_the_schema_would_tell_a_slip() -> None:
    slipped = compose(SECRETS)
    slipped["services"]["api"]["depend_on"] = slipped["services"]["api"].pop("depends_on")
    assert list(Draft202012Validator(SCHEMA).iter_errors(slipped))


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_refuses_to_start_without_a_secret(name: str) -> None:
    for given in ({}, {name: ""}):
        with pytest.raises(Missing, match=name):
            compose({key: each for key, each in SECRETS.items() if key != name} | given)


def test_every_secret_is_demanded_and_in_the_example() -> None:
    assert demanded() == set(SECRETS)
    example = (ROOT / ".env.example").read_text()
    for name in SECRETS:
        assert re.search(rf"(?m)^{name}=$", example), name


@pytest.mark.parametrize("name", OURS)
def test_gives_each_process_settings_that_production_takes(services: dict[str, Any], name: str) -> None:
    settings = read_settings(services[name]["environment"])
    assert settings.mode is Mode.PRODUCTION
    assert settings.database_url == f"postgresql://rex:{SECRETS['POSTGRES_PASSWORD']}@postgres:5432/rex"
    assert settings.redis_url == f"redis://:{SECRETS['REDIS_PASSWORD']}@redis:6379/0"


@pytest.mark.parametrize("name", OURS)
def test_no_setting_of_a_process_is_made_up(services: dict[str, Any], name: str) -> None:
    example = (ROOT / ".env.example").read_text()
    for each in services[name]["environment"]:
        assert re.search(rf"\b{each}\b", example), each


@pytest.mark.parametrize("name", SERVING)
def test_starts_a_process_when_what_it_needs_is_healthy(services: dict[str, Any], name: str) -> None:
    waits_for = {each: how["condition"] for each, how in services[name]["depends_on"].items()}
    assert waits_for == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }
    for needed in ("postgres", "redis"):
        assert services[needed]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVING)
def test_stops_a_process_no_sooner_than_it_has_drained(services: dict[str, Any], name: str) -> None:
    patience = read_settings(services[name]["environment"]).drain_patience
    leaves_within = patience.total_seconds() + AFTER_PATIENCE_SECONDS + LAST_SECONDS
    assert seconds(services[name]["stop_grace_period"]) > leaves_within
    assert services[name]["stop_signal"] == "SIGTERM"


def test_migrates_once_and_restarts_everything_else(services: dict[str, Any]) -> None:
    assert services["migrate"]["restart"] == "no"
    assert {each["restart"] for name, each in services.items() if name != "migrate"} == {"unless-stopped"}


def test_keeps_data_in_volumes() -> None:
    whole = compose(SECRETS)
    mounted = {each.partition(":")[0] for name in ("postgres", "redis") for each in whole["services"][name]["volumes"]}
    assert mounted == set(whole["volumes"])


@pytest.mark.parametrize("name", OURS)
def test_gives_a_process_no_more_rights_than_it_needs(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_knows_the_health_of_processes_without_a_port(services: dict[str, Any], name: str) -> None:
    assert services[name]["environment"]["REX_HEALTH_FILE"] in services[name]["healthcheck"]["test"][1]


def test_lets_the_outside_reach_the_api_alone(services: dict[str, Any]) -> None:
    assert [name for name, each in services.items() if "ports" in each] == ["api"]
