"""One answer about everything that REX depends on."""

import asyncio
from collections.abc import Sequence

from application.ports.health_probe import Finding, HealthProbe


class HealthOfAll:
    def __init__(self, *probes: HealthProbe) -> None:
        self._probes = probes

    async def findings(self) -> Sequence[Finding]:
        """All are asked at the same time."""
        found = await asyncio.gather(*(each.findings() for each in self._probes))
        return [finding for findings in found for finding in findings]
