"""`rex demo`: shows the main job, and fails when it is not what it should be."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.live import ROOT

COMMAND = [sys.executable, "-m", "entrypoints.cli", "demo"]


def test_shows_the_branch_taken_and_the_one_skipped_and_exits_with_zero() -> None:
    done = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    for shown in (
        "Hold for review",
        "Note the approval",
        "completed",
        "No parent branch satisfied",
        "The keeper on watch lights the reserve lamp at once",
        "[1] ",
    ):
        assert shown in done.stdout


def test_exits_with_an_error_when_something_else_happened(tmp_path: Path) -> None:
    examples = tmp_path / "examples"
    shutil.copytree(ROOT / "examples", examples)
    orders = json.loads((examples / "orders.json").read_text())
    orders[0]["expect"]["skipped"] = ["Tell the reviewer"]
    (examples / "orders.json").write_text(json.dumps(orders))
    done = subprocess.run(
        [*COMMAND, "--examples", str(examples)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "skipped nodes should be" in done.stderr
