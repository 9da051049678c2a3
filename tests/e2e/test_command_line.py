"""`rex`: the same use cases next to a running REX, and without one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.drawings import chain, node, slow_chain
from tests.e2e.person import Person
from tests.live import ROOT, LiveRex

EXAMPLE = str(ROOT / "examples" / "route-orders.json")
ORDER = json.dumps({"order": {"id": "A-1", "total": 900}})


def data(rex: LiveRex, *words: str, stdin: str = "", code: int = 0) -> Any:
    """What a command prints for scripts; everything it says to people goes elsewhere."""
    done = rex.cli(*words, "-o", "json", stdin=stdin)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def rex() -> Iterator[LiveRex]:
    with LiveRex.fresh() as running:
        yield running


@pytest.fixture(params=["next to a running REX", "alone"])
def any_rex(request: pytest.FixtureRequest) -> Iterator[LiveRex]:
    if request.param == "alone":
        with LiveRex.resting() as alone:
            yield alone
    else:
        yield request.getfixturevalue("rex")


def test_draws_runs_and_shows_a_workflow(any_rex: LiveRex) -> None:
    rex = any_rex
    created = data(rex, "user", "create", "eve@example.com", "--name", "Eve", "--password-stdin", stdin="long enough\n")
    assert created["email"] == "eve@example.com"
    as_eve = ("--as", "EVE@example.com")
    workflow = data(rex, "workflow", "create", EXAMPLE, *as_eve)
    assert data(rex, "workflow", "list", *as_eve)["items"][0]["id"] == workflow["id"]
    assert data(rex, "workflow", "show", workflow["id"], *as_eve)["name"] == "Route incoming orders"
    run = data(rex, "workflow", "run", workflow["id"], "--payload", ORDER, *as_eve)
    assert run["status"] == "completed"
    assert data(rex, "execution", "show", run["id"], *as_eve) == run
    assert data(rex, "execution", "watch", run["id"], *as_eve)["id"] == run["id"]
    assert data(rex, "execution", "stop", run["id"], *as_eve)["status"] == "completed"
    listed = data(rex, "execution", "list", "--workflow", workflow["id"], *as_eve)
    assert [each["id"] for each in listed["items"]] == [run["id"]]
    shown = rex.cli("execution", "show", run["id"], *as_eve)
    assert "Hold for review" in shown.stdout
    assert "No parent branch satisfied" in shown.stdout


def test_says_what_is_wrong_by_its_exit_code(rex: LiveRex) -> None:
    nobody = ("--as", "nobody@example.com")
    assert rex.cli("workflow", "list", *nobody).returncode == 5
    weak = rex.cli("user", "create", "no address", "--name", "A", "--password-stdin", stdin="short\n")
    assert weak.returncode == 3
    assert [field for field in ("email", "name", "password") if field not in weak.stderr] == []
    ada = Person(rex.url)
    mine = ("--as", ada.email)
    taken = rex.cli("user", "create", ada.email, "--name", "Ada", "--password-stdin", stdin="long enough\n")
    assert taken.returncode == 6
    assert rex.cli("workflow", "show", "not-an-id", *mine).returncode == 3
    assert rex.cli("workflow", "run", "00000000-0000-4000-8000-000000000000", *mine).returncode == 5
    assert rex.cli("workflow", "frobnicate").returncode == 2
    drawn = ada.draws(chain(node("a", "output")))
    for payload in ("[1]", "{", '{"a": "\\u0000"}', "@/nowhere"):
        assert rex.cli("workflow", "run", drawn, "--payload", payload, *mine).returncode == 3
    failing = ada.draws(chain(node("start", "manual-trigger"), node("compare", "condition")))
    assert rex.cli("workflow", "run", failing, *mine).returncode == 9


def test_refuses_a_broken_drawing_with_the_place_of_each_fault(rex: LiveRex, tmp_path: Path) -> None:
    broken = chain(node("a", "output"), node("b", "teleport"))
    broken["edges"].append({**broken["edges"][0], "id": "not an id", "target": broken["nodes"][0]["id"]})
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(broken))
    refused = rex.cli("workflow", "create", str(file), "--as", Person(rex.url).email)
    assert refused.returncode == 3
    assert "edges.1.id" in refused.stderr


def test_stops_a_run_that_another_process_works_on(rex: LiveRex) -> None:
    ada = Person(rex.url)
    run = ada.starts(ada.draws(slow_chain(pauses=9, milliseconds=5_000)))
    ada.waits_for_steps(run, 3)
    assert data(rex, "execution", "list", "--as", ada.email)["items"][0]["executionId"] == run
    assert data(rex, "execution", "stop", run, "--as", ada.email)["status"] == "canceled"
    assert ada.sees(run)["status"] == "canceled"


def test_brings_the_schema_to_the_newest_revision_and_again(rex: LiveRex) -> None:
    first = data(rex, "migrate")
    assert data(rex, "migrate") == first
    with LiveRex.resting() as alone:
        assert data(alone, "migrate") == first


def test_makes_no_new_data_directory_by_accident(tmp_path: Path) -> None:
    nowhere = LiveRex(tmp_path / "nowhere")
    refused = nowhere.cli("workflow", "list", "--as", "ada@example.com")
    assert refused.returncode == 10
    assert "There is no REX in" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_asks_for_a_password_on_a_terminal_only(rex: LiveRex) -> None:
    refused = rex.cli("user", "create", "ada@example.com", "--name", "Ada")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--password-stdin" in refused.stderr
