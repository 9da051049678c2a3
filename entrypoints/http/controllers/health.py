from litestar import Controller, Response, get
from litestar.openapi.datastructures import ResponseSpec

from application.ports.clock import Clock
from application.ports.health_probe import HealthProbe
from domain.values.timestamps import timestamp
from entrypoints.http.admission import PUBLIC, UNCOUNTED
from entrypoints.http.schemas.health import Alive, Readiness
from entrypoints.http.services import Given

_NOT_READY = ResponseSpec(
    data_container=Readiness, description="A dependency that is needed is down", generate_examples=False
)


class HealthController(Controller):
    """Answers in a bare form, without the envelope, as monitors expect."""

    path = "/api/health"
    tags = ("health",)

    @get(opt={PUBLIC: True, UNCOUNTED: True}, security=[{}])
    async def alive(self, clock: Given[Clock]) -> Alive:
        """The process answers. Says nothing about what it depends on."""
        return Alive(timestamp=timestamp(clock.now()))

    @get("/ready", opt={PUBLIC: True, UNCOUNTED: True}, security=[{}], responses={503: _NOT_READY})
    async def ready(self, health_probe: Given[HealthProbe]) -> Response[Readiness]:
        """Each dependency, and whether it is there."""
        readiness = Readiness.of(await health_probe.findings())
        return Response(readiness, status_code=503 if readiness.status == "unavailable" else 200)
