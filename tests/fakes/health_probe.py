"""Finds what it is told to find."""

from collections.abc import Sequence

from application.ports.health_probe import Finding


class FakeHealthProbe:
    def __init__(self) -> None:
        self.found: Sequence[Finding] = (Finding(name="database", is_up=True),)

    async def findings(self) -> Sequence[Finding]:
        return self.found
