"""Structured logs on standard error: readable lines on a terminal, JSON elsewhere."""

import logging
import sys
from typing import cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from domain.executions.redaction import redacted
from domain.values.json import Json

LEVELS = {"debug": 10, "info": 20, "warning": 30, "warn": 30, "error": 40}


def configure_logs(level: str) -> None:
    """Once per process, before the first line is logged."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]
    renderer: Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    for noisy in ("asyncpg", "taskiq"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)  # outages are told where they are noticed
    logging.basicConfig(level=max(LEVELS[level], logging.WARNING), stream=sys.stderr, force=True)


def _without_secrets(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Texts of other libraries end up in logs; what looks like a key or a token does not."""
    return {name: redacted(value) if isinstance(value, str) else value for name, value in event.items()}


class StructuredLog:
    """What workflows and the engine have to say."""

    def __init__(self) -> None:
        self._logger = cast("FilteringBoundLogger", structlog.get_logger())

    def write(self, level: str, message: str, **details: Json) -> None:
        self._logger.log(LEVELS.get(level, logging.INFO), message, **details)
