"""The environment, read once into one frozen object that says what to set when it is wrong."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

MIN_SECRET_BYTES = 32
LOOPBACK_ORIGINS = r"^https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$"


class SettingsRefused(Exception):
    """REX does not start like this; the text has one line for each thing to set."""


class Mode(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Durations are timedeltas, sizes bytes. `database_url` is None for the private PostgreSQL in `data_dir`."""

    mode: Mode
    data_dir: Path
    host: str
    port: int
    log_level: str
    database_url: str | None = field(repr=False)
    jwt_secret: str = field(repr=False)
    jwt_expiry: timedelta
    cors_origins: tuple[str, ...]
    allows_loopback_origins: bool
    worker_slots: int
    lease: timedelta
    heartbeat: timedelta
    max_claims: int
    sweep_interval: timedelta
    drain_patience: timedelta
    database_pool: int
    retrieval_max_requests: int
    retrieval_max_failures: int
    retrieval_max_duration_ms: int


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read every setting. Raise SettingsRefused with all that is wrong, one line each."""
    return _Reading(os.environ if environment is None else environment).settings()


class _Reading:
    """One pass over one environment, collecting everything that is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {name: value.strip() for name, value in environment.items() if value.strip()}
        self._faults: list[str] = []

    def settings(self) -> Settings:
        mode = self._mode()
        data_dir = data_dir_of(self._environment)
        settings = Settings(
            mode=mode,
            data_dir=data_dir,
            host=self._text("BACKEND_HOST", "0.0.0.0"),  # noqa: S104 - what existing deployments rely on
            port=self._integer("BACKEND_PORT", 4000, 1, 65535),
            log_level=self._one_of("LOG_LEVEL", "info", ("debug", "info", "warning", "warn", "error")),
            database_url=self._database_url(mode),
            jwt_secret=self._secret("JWT_SECRET", mode, data_dir),
            jwt_expiry=self._duration("JWT_EXPIRY", "7d"),
            cors_origins=self._origins(mode),
            allows_loopback_origins=mode is Mode.DEVELOPMENT,
            worker_slots=self._integer("WORKER_CONCURRENCY", 5, 1, 1000),
            lease=self._duration("REX_LEASE", "15s"),
            heartbeat=self._duration("REX_HEARTBEAT", "1s"),
            max_claims=self._integer("REX_MAX_CLAIMS", 3, 1, 100),
            sweep_interval=self._duration("REX_SWEEP_INTERVAL", "1s"),
            drain_patience=self._duration("REX_DRAIN_PATIENCE", "10s"),
            database_pool=self._integer("REX_DATABASE_POOL", 10, 2, 200),
            retrieval_max_requests=self._integer("RETRIEVAL_MAX_REQUESTS_PER_EXECUTION", 64, 1, 10**6),
            retrieval_max_failures=self._integer("RETRIEVAL_MAX_FAILURES_PER_EXECUTION", 32, 1, 10**6),
            retrieval_max_duration_ms=self._integer("RETRIEVAL_MAX_DURATION_MS_PER_EXECUTION", 120_000, 1000, 10**9),
        )
        if settings.lease < 3 * settings.heartbeat:
            self._faults.append("REX_LEASE must be at least three times REX_HEARTBEAT")
        if self._faults:
            raise SettingsRefused("\n".join(self._faults))
        return settings

    def _mode(self) -> Mode:
        chosen = self._one_of(
            "REX_ENV", self._environment.get("NODE_ENV", "development"), ("development", "production", "test")
        )
        return Mode.PRODUCTION if chosen == "production" else Mode.DEVELOPMENT

    def _database_url(self, mode: Mode) -> str | None:
        url = self._environment.get("DATABASE_URL") or self._url_from_parts()
        if url is None and mode is Mode.PRODUCTION:
            self._faults.append(
                "DATABASE_URL must be set when REX_ENV=production: the private database is for one machine"
            )
        if url is not None and not re.match(r"postgres(ql)?://", url):
            self._faults.append("DATABASE_URL must start with postgresql://")
        return url

    def _url_from_parts(self) -> str | None:
        host = self._environment.get("POSTGRES_HOST")
        if host is None:
            return None
        user, password = (quote(self._text(name, ""), safe="") for name in ("POSTGRES_USER", "POSTGRES_PASSWORD"))
        port = self._integer("POSTGRES_PORT", 5432, 1, 65535)
        return f"postgresql://{user}:{password}@{host}:{port}/{quote(self._text('POSTGRES_DB', 'rex'), safe='')}"

    def _secret(self, name: str, mode: Mode, data_dir: Path) -> str:
        given = self._environment.get(name)
        if given is None and mode is Mode.DEVELOPMENT:
            return generated_secret(data_dir / name.lower().replace("_", "-"))
        if given is None:
            self._faults.append(f"{name} must be set when REX_ENV=production, for example to: openssl rand -hex 32")
            return ""
        if mode is Mode.PRODUCTION and (len(given.encode()) < MIN_SECRET_BYTES or len(set(given)) < 10):
            self._faults.append(
                f"{name} is too weak: use at least {MIN_SECRET_BYTES} random bytes (openssl rand -hex 32)"
            )
        return given

    def _origins(self, mode: Mode) -> tuple[str, ...]:
        origins = tuple(
            each.strip().rstrip("/") for each in self._text("REX_CORS_ORIGINS", "").split(",") if each.strip()
        )
        for origin in origins:
            if origin != "*" and not re.fullmatch(r"https?://[^/\s,]+", origin):
                self._faults.append(f"REX_CORS_ORIGINS must hold origins such as https://app.example, not {origin!r}")
        if mode is Mode.PRODUCTION and "*" in origins:
            self._faults.append("REX_CORS_ORIGINS must name origins when REX_ENV=production: * lets every site in")
        return origins

    def _text(self, name: str, default: str) -> str:
        return self._environment.get(name, default)

    def _one_of(self, name: str, default: str, options: tuple[str, ...]) -> str:
        value = self._text(name, default).lower()
        if value not in options:
            self._faults.append(f"{name} must be one of {', '.join(options)}, not {value!r}")
        return value

    def _integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        text = self._text(name, str(default))
        if not re.fullmatch(r"-?\d{1,12}", text, re.ASCII) or not lowest <= int(text) <= highest:
            self._faults.append(f"{name} must be a whole number from {lowest} to {highest}, not {text!r}")
            return default
        return int(text)

    def _duration(self, name: str, default: str) -> timedelta:
        text = self._text(name, default)
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d|w)?", text, re.ASCII)
        if found is None or float(found.group(1)) == 0:
            self._faults.append(f"{name} must be a duration such as 500ms, 15s, 30m, 12h or 7d, not {text!r}")
            return timedelta(seconds=1)
        seconds = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[found.group(2) or "s"]
        return timedelta(seconds=float(found.group(1)) * seconds)


def has_data(environment: Mapping[str, str] | None = None) -> bool:
    """Whether there is a database to speak of: a named one, or what a REX left in the data directory."""
    given = os.environ if environment is None else environment
    if given.get("DATABASE_URL", "").strip() or given.get("POSTGRES_HOST", "").strip():
        return True
    return data_dir_of(given).is_dir()


def data_dir_of(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("REX_DATA_DIR", "").strip() or ".rex").expanduser().absolute()


def generated_secret(path: Path) -> str:
    """The secret kept in `path`, made at the first call; only its owner may read the file."""
    try:
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    except OSError as failure:
        raise SettingsRefused(f"REX_DATA_DIR cannot be used: {failure}") from failure
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()
