"""Help and refusals come at once."""

import subprocess
import sys

from tests.live import ROOT


def test_the_command_tree_loads_no_adapter() -> None:
    """They take most of a second, which only commands that need them should cost."""
    asked = "import sys, entrypoints.cli.main; print([name for name in sys.modules if name.startswith('adapters')])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
