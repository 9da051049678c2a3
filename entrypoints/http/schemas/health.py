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
    """`ok` when every dependency is up."""

    status: Literal["ok", "unavailable"]
    checks: list[Check]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> "Readiness":
        return cls(
            status="ok" if all(finding.is_up for finding in findings) else "unavailable",
            checks=[Check(name=each.name, up=each.is_up, detail=each.detail) for each in findings],
        )
