"""The Dockerfile's steps, carried out in order in a clean folder: `python -m tests.deployment.image [python]`.

No container is made: the folder stands for the file system of the image, and absolute paths of the Dockerfile lie
within it. What needs root or an image, such as adding an account, is told and left out. In the end the command that
was installed is asked for its help and for what it would refuse, and the size is told.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
NEEDS_AN_IMAGE: Final = ("groupadd", "useradd")
FORBIDDEN: Final = ("gcc", "cc", "g++", "make", "pip", "mypy", "pytest", "ruff")


@dataclass
class Stage:
    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def of(self, kind: str) -> list[str]:
        return [text for found, text in self.steps if found == kind]


def stages(dockerfile: str) -> list[Stage]:
    """Instructions in order, continued lines joined and comments left out."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found: list[Stage] = []
    for line in filter(str.strip, joined.splitlines()):
        kind, _, text = line.partition(" ")
        if kind == "FROM":
            base, _, name = text.partition(" AS ")
            found.append(Stage(base, name))
        else:
            found[-1].steps.append((kind, text.strip()))
    return found


class CleanFolder:
    """Where the steps are carried out, with a Python of this machine for that of the base image."""

    def __init__(self, root: Path, python: str) -> None:
        self._root = root
        self._directory = root
        self._path = root / "bin"
        self._path.mkdir()
        (self._path / "python").symlink_to(_program(python))

    def carry_out(self, stage: Stage) -> None:
        for kind, text in stage.steps:
            print(f"{kind} {text[:110]}", flush=True)
            if kind == "WORKDIR":
                self._directory = self._placed(text)
                self._directory.mkdir(parents=True, exist_ok=True)
            elif kind == "COPY":
                self._copy(text)
            elif kind == "RUN" and any(word in text for word in NEEDS_AN_IMAGE):
                print("  left out: it needs an image")
            elif kind == "RUN":
                self.run(text)

    def run(self, command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """With nothing of this process's environment but where packages are found."""
        kept = {
            name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_")) or name == "HOME"
        }
        there = re.sub(r"(?<![\w./])/(opt|build|var)/", rf"{self._root}/\1/", command)
        return subprocess.run(
            ["/bin/sh", "-ec", there],
            cwd=self._directory,
            env={**kept, "PATH": f"{self._path}:/usr/bin:/bin", **environment},
            check=not environment,
            text=True,
            capture_output=bool(environment),
        )

    def _copy(self, text: str) -> None:
        words = shlex.split(text)
        if words[0].startswith("--from="):
            return  # both stages lie in the one folder
        *sources, target = words
        for each in sources:
            place = self._directory / target
            if (ROOT / each).is_dir():
                shutil.copytree(ROOT / each, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / each, place / each)

    def _placed(self, path: str) -> Path:
        return self._root / path.lstrip("/")


def _program(python: str) -> Path:
    """The interpreter itself, for a name on the path or a script that stands in front of it."""
    asked = subprocess.run(
        [python, "-c", "import sys; print(sys.executable)"], check=True, capture_output=True, text=True
    )
    return Path(asked.stdout.strip()).resolve()


def main(python: str) -> int:
    with tempfile.TemporaryDirectory(prefix="rex-image-") as name:
        root = Path(name)
        folder = CleanFolder(root, python)
        for stage in stages((ROOT / "Dockerfile").read_text()):
            print(f"FROM {stage.base} {stage.name}", flush=True)
            folder.carry_out(stage)
        version = folder.run("/opt/rex/bin/rex --help", REX_ENV="production")
        refused = folder.run("/opt/rex/bin/rex api", REX_ENV="production")
        print(f"rex --help: exit {version.returncode}; rex api without settings: exit {refused.returncode}")
        print(refused.stderr)
        installed = {each.name for each in (root / "opt/rex/bin").iterdir()}
        tools = installed.intersection(FORBIDDEN)
        size = sum(each.stat().st_size for each in (root / "opt/rex").rglob("*") if each.is_file())
        print(f"/opt/rex: {size / 1e6:,.0f} MB; tools that do not belong there: {', '.join(tools) or 'none'}")
        return 0 if version.returncode == 0 and refused.returncode == 10 and not tools else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else sys.executable))
