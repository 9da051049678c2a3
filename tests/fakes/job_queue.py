"""A doorbell that remembers who rang."""

from application.ports.job_queue import Ring


class FakeJobQueue:
    def __init__(self) -> None:
        self.rings: list[Ring] = []

    async def ring(self, ring: Ring) -> None:
        self.rings.append(ring)
