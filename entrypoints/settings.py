"""The environment, read once into one frozen object that says what to set when it is wrong."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from domain.executions.limits import RunLimits
from domain.outgoing.allow_list import AllowList, OpenPlace, open_place
from domain.rate_limits.limit import Limit
from entrypoints.addresses import database_address_fault, redis_address_fault

MIN_SECRET_BYTES = 32
SHORTEST_RETENTION = timedelta(days=1)
OPENAI_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
LOOPBACK_ORIGINS = r"^https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$"


class SettingsRefused(Exception):
    """REX does not start like this; the text has one line for each thing to set."""


Network: TypeAlias = "IPv4Network | IPv6Network"


class Mode(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """Reading is counted apart and generously: people leave pages open that ask again and again.

    Wrong passwords are counted for each account, by source and from everywhere together; the second is wider, so that
    nobody is easily shut out by what strangers do elsewhere.
    """

    requests: Limit
    reads: Limit
    webhooks: Limit
    webhooks_from_one_address: Limit
    wrong_passwords: Limit
    wrong_passwords_from_everywhere: Limit


class EmbedderKind(StrEnum):
    LEXICAL = "lexical"
    HASH = "hash"
    MINILM = "minilm"
    OPENAI = "openai"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderChoice:
    """What turns texts into vectors. The rest is for `openai`; `base_url` is None for OpenAI's own."""

    kind: EmbedderKind
    base_url: str | None
    model: str
    dimensions: int
    api_key: str | None = field(repr=False)

    @property
    def knows_a_server(self) -> bool:
        """Also where another kind is chosen: corpora may have vectors of that server's model."""
        return self.base_url is not None or self.api_key is not None


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
    encryption_keys: Mapping[str, bytes] = field(repr=False)
    redis_url: str | None = field(repr=False)
    cors_origins: tuple[str, ...]
    allows_loopback_origins: bool
    trusted_proxies: tuple[Network, ...]
    outgoing_allow: AllowList
    takes_unsigned_webhooks: bool
    limits: RateLimits
    gemini_url: str | None
    groq_url: str | None
    openai_url: str | None
    answers_without_model: bool
    embedder: EmbedderChoice
    worker_slots: int
    script_processes: int
    lease: timedelta
    heartbeat: timedelta
    max_claims: int
    sweep_interval: timedelta
    fires_schedules: bool
    database_patience: timedelta
    drain_patience: timedelta
    health_file: Path | None
    retention: timedelta | None
    database_pool: int
    retrieval_max_requests: int
    retrieval_max_failures: int
    retrieval_max_duration_ms: int
    run_limits: RunLimits


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
            encryption_keys=self._encryption_keys(mode, data_dir),
            redis_url=self._redis_url(),
            cors_origins=self._origins(mode),
            allows_loopback_origins=mode is Mode.DEVELOPMENT,
            trusted_proxies=self._networks("REX_TRUSTED_PROXIES"),
            outgoing_allow=self._allow_list("REX_OUTGOING_ALLOW"),
            takes_unsigned_webhooks=self._one_of("REX_UNSIGNED_WEBHOOKS", "true", ("true", "false")) == "true",
            limits=self._limits(),
            gemini_url=self._web_address("REX_GEMINI_BASE_URL"),
            groq_url=self._web_address("REX_GROQ_BASE_URL"),
            openai_url=self._web_address("REX_OPENAI_BASE_URL"),
            answers_without_model=self._answers_without_model(mode),
            embedder=self._embedder(),
            worker_slots=self._integer("WORKER_CONCURRENCY", 5, 1, 1000),
            script_processes=self._integer("REX_SCRIPT_PROCESSES", 2, 1, 64),
            lease=self._duration("REX_LEASE", "15s"),
            heartbeat=self._duration("REX_HEARTBEAT", "1s"),
            max_claims=self._integer("REX_MAX_CLAIMS", 3, 1, 100),
            sweep_interval=self._duration("REX_SWEEP_INTERVAL", "1s"),
            fires_schedules=self._one_of("REX_SCHEDULER", "true", ("true", "false")) == "true",
            database_patience=self._duration("REX_DATABASE_PATIENCE", "30s"),
            drain_patience=self._duration("REX_DRAIN_PATIENCE", "10s"),
            health_file=self._path("REX_HEALTH_FILE"),
            retention=self._retention(),
            database_pool=self._integer("REX_DATABASE_POOL", 10, 2, 200),
            retrieval_max_requests=self._integer("RETRIEVAL_MAX_REQUESTS_PER_EXECUTION", 64, 1, 10**6),
            retrieval_max_failures=self._integer("RETRIEVAL_MAX_FAILURES_PER_EXECUTION", 32, 1, 10**6),
            retrieval_max_duration_ms=self._integer("RETRIEVAL_MAX_DURATION_MS_PER_EXECUTION", 120_000, 1000, 10**9),
            run_limits=self._run_limits(),
        )
        if settings.lease < 3 * settings.heartbeat:
            self._faults.append("REX_LEASE must be at least three times REX_HEARTBEAT")
        if self._faults:
            raise SettingsRefused("\n".join(self._faults))
        return settings

    def _retention(self) -> timedelta | None:
        """How long runs are kept after they ended, None for ever.

        Shorter than a day is refused, and a number without a unit too: what a slip removes does not come back, and for
        a day requests with the same idempotency key are answered with the run that the first one started.
        """
        text = self._text("REX_RETENTION", "forever")
        if text.lower() in ("forever", "off"):
            return None
        faults = len(self._faults)
        kept = self._duration("REX_RETENTION", text)
        if len(self._faults) == faults and (kept < SHORTEST_RETENTION or text[-1].isdigit()):
            self._faults.append(f"REX_RETENTION must be forever, or 1d at least and with its unit, not {text!r}")
        return kept

    def _run_limits(self) -> RunLimits:
        usual = RunLimits()
        return RunLimits(
            run_seconds=self._duration("REX_RUN_TIME_LIMIT", "1h").total_seconds(),
            node_seconds=self._duration("REX_NODE_TIME_LIMIT", "15m").total_seconds(),
            step_bytes=self._integer("REX_MAX_STEP_BYTES", usual.step_bytes, 1 << 10, 256 << 20),
            context_bytes=self._integer("REX_MAX_CONTEXT_BYTES", usual.context_bytes, 1 << 10, 256 << 20),
            snapshot_bytes=self._integer("REX_MAX_SNAPSHOT_BYTES", usual.snapshot_bytes, 1 << 10, 64 << 20),
            concurrent_nodes=self._integer("REX_CONCURRENT_NODES", usual.concurrent_nodes, 1, 1000),
        )

    def _answers_without_model(self, mode: Mode) -> bool:
        """In production, an answer that no model gave is worse than a run that says what is missing."""
        usual = "none" if mode is Mode.PRODUCTION else "extractive"
        return self._one_of("REX_MODEL_FALLBACK", usual, ("extractive", "none")) == "extractive"

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
        elif url is not None and (fault := database_address_fault(url)) is not None:
            self._faults.append(f"DATABASE_URL {fault}")
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
        if mode is Mode.PRODUCTION:
            self._refuse_weak(name, given)
        return given

    def _refuse_weak(self, name: str, secret: str) -> None:
        if len(secret.encode()) < MIN_SECRET_BYTES or len(set(secret)) < 10:
            self._faults.append(
                f"{name} is too weak: use at least {MIN_SECRET_BYTES} random bytes (openssl rand -hex 32)"
            )

    def _encryption_keys(self, mode: Mode, data_dir: Path) -> Mapping[str, bytes]:
        """The ring, the key that seals first."""
        given = len(self._faults)
        ring = dict(self._named_keys())
        for name in [name for name, key in ring.items() if mode is Mode.PRODUCTION and len(set(key)) < 10]:
            self._faults.append(f"ENCRYPTION_KEYS: the key {name} is not random: make one with openssl rand -hex 32")
        if master := self._environment.get("ENCRYPTION_MASTER_KEY"):
            if mode is Mode.PRODUCTION:
                self._refuse_weak("ENCRYPTION_MASTER_KEY", master)
            ring["master"] = _key_from(master)
        if ring or len(self._faults) > given:
            return ring
        if mode is Mode.PRODUCTION:
            self._faults.append(
                "ENCRYPTION_KEYS must be set when REX_ENV=production, for example to: 2026a:$(openssl rand -hex 32)"
            )
            return {}
        return {"local": bytes.fromhex(generated_secret(data_dir / "encryption-key"))}

    def _named_keys(self) -> Iterator[tuple[str, bytes]]:
        names = set[str]()
        for each in self._text("ENCRYPTION_KEYS", "").split(","):
            if not each.strip():
                continue
            found = re.fullmatch(r"([A-Za-z0-9_-]{1,50}):([0-9a-fA-F]{64})", each.strip())
            if found is None or found[1] in names or found[1] == "master":
                self._faults.append(
                    "ENCRYPTION_KEYS must hold name:key pairs with commas between them, the newest first: "
                    "each name once and not master, each key 64 hexadecimal digits (openssl rand -hex 32)"
                )
                return
            names.add(found[1])
            yield found[1], bytes.fromhex(found[2])

    def _redis_url(self) -> str | None:
        url = self._environment.get("REDIS_URL")
        if url is None and (host := self._environment.get("REDIS_HOST")) is not None:
            url = f"redis://{host}:{self._integer('REDIS_PORT', 6379, 1, 65535)}/0"
        if url is not None and not re.match(r"(rediss?|unix)://", url):
            self._faults.append("REDIS_URL must start with redis://, rediss:// or unix://")
        elif url is not None and (fault := redis_address_fault(url)) is not None:
            self._faults.append(f"REDIS_URL {fault}")
        return url

    def _limits(self) -> RateLimits:
        requests = self._integer("RATE_LIMIT_MAX", 100, 1, 10**9)
        reads = self._integer("REX_READ_RATE_LIMIT_MAX", 12 * requests, 1, 10**11)
        window = self._milliseconds("RATE_LIMIT_WINDOW_MS", 60_000)
        webhooks = self._integer("WEBHOOK_RATE_LIMIT_MAX", 30, 1, 10**9)
        webhook_window = self._milliseconds("WEBHOOK_RATE_LIMIT_WINDOW_MS", 60_000)
        logins = self._integer("REX_LOGIN_RATE_LIMIT_MAX", 10, 1, 10**9)
        login_window = self._duration("REX_LOGIN_RATE_LIMIT_WINDOW", "5m")
        return RateLimits(
            requests=Limit(name="requests", requests=requests, window=window),
            reads=Limit(name="reads", requests=reads, window=window),
            webhooks=Limit(name="webhooks", requests=webhooks, window=webhook_window),
            webhooks_from_one_address=Limit(
                name="webhooks from one address", requests=10 * webhooks, window=webhook_window
            ),
            wrong_passwords=Limit(name="wrong passwords", requests=logins, window=login_window),
            wrong_passwords_from_everywhere=Limit(
                name="wrong passwords from everywhere", requests=5 * logins, window=login_window
            ),
        )

    def _embedder(self) -> EmbedderChoice:
        chosen = self._one_of("REX_EMBEDDER", "lexical", tuple(EmbedderKind))
        kind = next((each for each in EmbedderKind if each == chosen), EmbedderKind.LEXICAL)
        model = self._text("REX_EMBEDDING_MODEL", "text-embedding-3-small")
        choice = EmbedderChoice(
            kind=kind,
            base_url=self._web_address("REX_EMBEDDING_BASE_URL"),
            model=model,
            dimensions=self._integer("REX_EMBEDDING_DIMENSIONS", OPENAI_DIMENSIONS.get(model, 1), 1, 4000),
            api_key=self._environment.get("REX_EMBEDDING_API_KEY"),
        )
        if kind is EmbedderKind.OPENAI:
            self._refuse_half_an_embedder(choice)
        return choice

    def _refuse_half_an_embedder(self, choice: EmbedderChoice) -> None:
        if not choice.knows_a_server:
            self._faults.append(
                "REX_EMBEDDING_API_KEY must be set when REX_EMBEDDER=openai, "
                "or REX_EMBEDDING_BASE_URL to a server that needs no key"
            )
        if "REX_EMBEDDING_DIMENSIONS" not in self._environment and choice.model not in OPENAI_DIMENSIONS:
            self._faults.append(f"REX_EMBEDDING_DIMENSIONS must be set to the size of the vectors of {choice.model}")

    def _web_address(self, name: str) -> str | None:
        """None for the provider's own."""
        url = self._environment.get(name)
        if url is not None and not re.fullmatch(r"https?://[^\s?#]+", url):
            self._faults.append(f"{name} must be an address such as https://models.example/v1, not {url!r}")
        return url

    def _networks(self, name: str) -> tuple[Network, ...]:
        networks = []
        for each in self._text(name, "").split(","):
            try:
                networks += [ip_network(each.strip(), strict=False)] if each.strip() else []
            except ValueError:
                self._faults.append(f"{name} must hold addresses or networks such as 10.0.0.0/8, not {each.strip()!r}")
        return tuple(networks)

    def _allow_list(self, name: str) -> AllowList:
        places: list[OpenPlace] = []
        for each in filter(str.strip, self._text(name, "").split(",")):
            try:
                places.append(open_place(each))
            except ValueError:
                self._faults.append(
                    f"{name} must hold names, name:port, addresses or networks such as 10.0.0.0/8, not {each.strip()!r}"
                )
        return AllowList(tuple(places))

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

    def _path(self, name: str) -> Path | None:
        path = self._environment.get(name)
        return None if path is None else Path(path).expanduser().absolute()

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

    def _milliseconds(self, name: str, default: int) -> timedelta:
        return timedelta(milliseconds=self._integer(name, default, 1, 10**9))

    def _duration(self, name: str, default: str) -> timedelta:
        text = self._text(name, default)
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d|w)?", text, re.ASCII)
        if found is None or float(found.group(1)) == 0:
            self._faults.append(f"{name} must be a duration such as 500ms, 15s, 30m, 12h or 7d, not {text!r}")
            return timedelta(seconds=1)
        seconds = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[found.group(2) or "s"]
        return timedelta(seconds=float(found.group(1)) * seconds)


def _key_from(master: str) -> bytes:
    """32 bytes: as they are written in 64 hexadecimal digits, else derived by scrypt (RFC 7914)."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", master):
        return bytes.fromhex(master)
    return hashlib.scrypt(master.encode(), salt=b"rex encryption master key", n=2**14, r=8, p=1, dklen=32)


def has_data(environment: Mapping[str, str] | None = None) -> bool:
    """Whether there is a database to speak of: a named one, or what a REX left in the data directory."""
    given = os.environ if environment is None else environment
    return names_database(given) or data_dir_of(given).is_dir()


def names_database(environment: Mapping[str, str]) -> bool:
    return any(environment.get(name, "").strip() for name in ("DATABASE_URL", "POSTGRES_HOST"))


def data_dir_of(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("REX_DATA_DIR", "").strip() or ".rex").expanduser().absolute()


def generated_secret(path: Path) -> str:
    """The secret kept in `path`, made at the first call; only its owner may read the file.

    Processes that start together find the same one, and one that ended half way is made anew.
    """
    try:
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        return (path.exists() and path.read_text().strip()) or _made_secret(path)
    except OSError as failure:
        raise SettingsRefused(f"REX_DATA_DIR cannot be used: {failure}") from failure


def _made_secret(path: Path) -> str:
    """One at a time: who comes second takes what the first one wrote."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        secret = file.read().strip()
        if not secret:
            secret = secrets.token_hex(32)
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        return secret
