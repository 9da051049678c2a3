"""docker-compose.yml, read as Compose reads it: merged and with the environment filled in."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
PLACE: Final = re.compile(r"\$(?:(\$)|\{([A-Z0-9_]+)(?:(:?[-?])([^}]*))?\})")


class Missing(Exception):
    """A variable that the file demands; the text is what the file says about it."""


def compose(environment: Mapping[str, str]) -> dict[str, Any]:
    """Raise Missing."""
    read: dict[str, Any] = _filled(yaml.safe_load((ROOT / "docker-compose.yml").read_text()), environment)
    return read


def demanded() -> set[str]:
    text = (ROOT / "docker-compose.yml").read_text()
    return {found[2] for found in PLACE.finditer(text) if (found[3] or "").endswith("?")}


def _filled(value: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, environment) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, environment) for each in value]
    return PLACE.sub(lambda found: _of(found, environment), value) if isinstance(value, str) else value


def _of(found: "re.Match[str]", environment: Mapping[str, str]) -> str:
    if found[1]:
        return "$"
    given = environment.get(found[2])
    if given or (given is not None and not (found[3] or "").startswith(":")):
        return given
    if (found[3] or "").endswith("?"):
        raise Missing(f"{found[2]}: {found[4]}")
    return found[4] or ""
