"""`make` finds a Python with which everything can be tested."""

import subprocess
from pathlib import Path

import pytest

from tests.deployment.image import ROOT


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        (("3.11", "3.12", "3.13"), "python3.12"),
        (("3.11", "3.13"), "python3.11"),
        (("3.13",), "python3.13"),
    ],
)
def test_prefers_a_python_whose_packages_bring_a_redis(there: tuple[str, ...], chosen: str, tmp_path: Path) -> None:
    for version in ("3.11", "3.12", "3.13"):
        python = tmp_path / f"python{version}"
        python.write_text(f"#!/bin/sh\nexit {0 if version in there else 1}\n")
        python.chmod(0o755)
    asked = subprocess.run(
        ["make", "--silent", "--eval", "chosen: ; @echo $(PYTHON)", "chosen"],
        cwd=ROOT,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.strip() == chosen
