"""Whether REX is well, on the wire."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from application.ports.health_probe import Finding


class Alive(Struct, kw_only=True):
    status: Literal["ok"] = "ok"
    timestamp: str


class Check(Struct, kw_only=True):
    name: str
    up: bool
    detail: str


class Readiness(Struct, kw_only=True):
    """`ok` when every dependency is up, `degraded` when only such are down as REX can do without for a while."""

    status: Literal["ok", "degraded", "unavailable"]
    checks: list[Check]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> "Readiness":
        down = [finding for finding in findings if not finding.is_up]
        return cls(
            status="unavailable" if any(each.is_needed for each in down) else "degraded" if down else "ok",
            checks=[Check(name=each.name, up=each.is_up, detail=each.detail) for each in findings],
        )
