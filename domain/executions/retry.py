"""When a node is tried again, and how that is told."""

import math
from dataclasses import dataclass
from enum import StrEnum

from domain.executions.attempt import Attempt
from domain.values.coercion import lenient_bool, numeric
from domain.values.json import JsonObject, MaybeJson, as_object

MAX_ATTEMPTS = 10
MAX_DELAY_MS = 10_000
DEFAULT_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often one node may be tried in a row, and after what. `max_attempts` counts the first one too."""

    enabled: bool = False
    max_attempts: int = 1
    delay_ms: int = 0
    retry_on_error: bool = True
    retry_on_directive: bool = True
    fail_on_max_attempts: bool = True
    increment_loop_on_retry: bool = True

    def after_error(self, attempt: int) -> bool:
        return self.enabled and self.retry_on_error and attempt < self.max_attempts

    def heeds_directives(self) -> bool:
        return self.enabled and self.retry_on_directive


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDirective:
    """A node's wish that something is tried again although nothing failed. `delay_ms` overrides the policy's.

    Without `of` it is the node itself. With it, it is whatever made the value at that path of the node's input: trying
    a judge again on the same evidence would only repeat the judgement.
    """

    reason: str = "Retry requested by node output"
    delay_ms: int | None = None
    of: str | None = None


def read_retry_policy(config: JsonObject) -> RetryPolicy:
    """The policy in a node's config: `retryPolicy.*` wins over the aliases at the top level, unless it is blank.

    Switches are lenient (true or "true" in any case), and numbers may be texts that spell them: editors store both as
    text. What is blank or cannot be read is the default. A number outside its limits is moved to the nearest limit.
    """
    nested = as_object(config.get("retryPolicy"))
    enabled = lenient_bool(_first(nested.get("enabled"), config.get("retryEnabled")), default=False)
    return RetryPolicy(
        enabled=enabled,
        max_attempts=_bounded(
            _first(nested.get("maxAttempts"), config.get("retryMaxAttempts")),
            1,
            MAX_ATTEMPTS,
            DEFAULT_ATTEMPTS if enabled else 1,
        ),
        delay_ms=_bounded(_first(nested.get("delayMs"), config.get("retryDelayMs")), 0, MAX_DELAY_MS, 0),
        retry_on_error=lenient_bool(nested.get("retryOnError"), default=True),
        retry_on_directive=lenient_bool(nested.get("retryOnDirective"), default=True),
        fail_on_max_attempts=lenient_bool(nested.get("failOnMaxAttempts"), default=True),
        increment_loop_on_retry=lenient_bool(nested.get("incrementLoopOnRetry"), default=True),
    )


def has_retry_policy(config: JsonObject) -> bool:
    """Whether the config says anything about whether to retry; otherwise the policy that is read is the default."""
    nested = as_object(config.get("retryPolicy"))
    return not _is_blank(_first(nested.get("enabled"), config.get("retryEnabled")))


def _first(nested: MaybeJson, alias: MaybeJson) -> MaybeJson:
    return alias if _is_blank(nested) else nested


def _bounded(value: MaybeJson, lowest: int, highest: int, default: int) -> int:
    number = numeric(value)
    return default if number is None else math.floor(max(lowest, min(highest, number)))


def _is_blank(value: MaybeJson) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


class RetryOutcome(StrEnum):
    """What became of a node's attempts, in one word."""

    NO_RETRY = "no_retry"
    SUCCEEDED_AFTER_N = "retry_succeeded_after_n"
    EXHAUSTED = "retry_exhausted"
    FAILED_WITHOUT_RETRY = "failed_without_retry"


def outcome_of(attempts: tuple[Attempt, ...], *, failed: bool) -> RetryOutcome:
    tried_again = len(attempts) > 1
    if failed:
        return RetryOutcome.EXHAUSTED if tried_again else RetryOutcome.FAILED_WITHOUT_RETRY
    return RetryOutcome.SUCCEEDED_AFTER_N if tried_again else RetryOutcome.NO_RETRY


BOOKKEEPING_KEYS = frozenset({"_attempts", "_attemptCount", "_retryOutcome"})
"""Reserved in recorded outputs: a node's own output cannot carry them on."""


def bookkeeping(attempts: tuple[Attempt, ...], *, error: str | None) -> JsonObject:
    """The keys that a step's recorded output carries about its attempts. Children never receive them."""
    outcome: JsonObject = {
        "status": outcome_of(attempts, failed=error is not None).value,
        "attemptCount": len(attempts),
    }
    if error is not None:
        outcome["error"] = error
    return {
        "_attempts": [each.described() for each in attempts],
        "_attemptCount": len(attempts),
        "_retryOutcome": outcome,
    }
