"""From a refusal to an answer: one table from kind to status, one function from error to body."""

from http import HTTPStatus
from typing import Any, Final

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import UNSET

from domain.assistant.errors import AssistantFailed
from domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotFound,
    Outdated,
    Unauthenticated,
    Unavailable,
)
from domain.rate_limits.errors import RateLimited
from entrypoints.http.admission import stand
from entrypoints.http.envelope import NOWHERE, Details, Failure, Refusal

STATUS_OF_KIND: Final[dict[type[DomainError], HTTPStatus]] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Outdated: HTTPStatus.PRECONDITION_FAILED,
    Conflict: HTTPStatus.CONFLICT,
    LimitExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    AssistantFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_OF_THE_FRAMEWORK: Final[dict[int, Refusal]] = {
    404: NOWHERE,
    405: Refusal(code="METHOD_NOT_ALLOWED", message="This address does not answer this method"),
    413: Refusal(code="PAYLOAD_TOO_LARGE", message="The body is too large"),
    415: Refusal(code="UNSUPPORTED_MEDIA_TYPE", message="Send the body as application/json or text/plain"),
}

_DEFECT: Final = Refusal(code="INTERNAL_ERROR", message="Internal server error")
_RETRY_AFTER_SECONDS: Final = "1"
_log = structlog.stdlib.get_logger()


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Failure]:
    """Refusals are said as they are. What nobody meant to raise is our defect: logged, and not told."""
    if isinstance(error, RateLimited):
        stand(request.scope, error.verdict)
    if isinstance(error, DomainError):
        return _refused(error)
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _refused_by_framework(error)
    _log.error("a request met a defect", exc_info=error)
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, _DEFECT)


def status_of(error: DomainError) -> HTTPStatus:
    kinds = (STATUS_OF_KIND.get(kind) for kind in type(error).__mro__ if issubclass(kind, DomainError))
    return next((status for status in kinds if status), HTTPStatus.INTERNAL_SERVER_ERROR)


def _refused(error: DomainError) -> Response[Failure]:
    status = status_of(error)
    if isinstance(error, AssistantFailed):
        _log.warning("a model provider failed", reason=error.message)
        return _answer(status, _said(error))
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("a request met an error of no kind", exc_info=error)
        return _answer(status, _DEFECT)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        _log.warning("a request met an outage", reason=getattr(error, "detail", error.message))
        return _answer(status, _said(error), {"Retry-After": _RETRY_AFTER_SECONDS})
    if isinstance(error, RateLimited):
        return _answer(status, _said(error), {"Retry-After": str(error.verdict.reset_seconds)})
    return _answer(status, _said(error))


def _said(error: DomainError) -> Refusal:
    faults = error.faults if isinstance(error, Invalid) else ()
    details = Details.of(faults) if faults else UNSET
    return Refusal(code=error.code, message=error.message, details=details)


def _refused_by_framework(error: HTTPException) -> Response[Failure]:
    said = _OF_THE_FRAMEWORK.get(error.status_code) or Refusal(code="BAD_REQUEST", message=error.detail)
    return _answer(error.status_code, said, error.headers)


def _answer(status: int, refusal: Refusal, headers: dict[str, str] | None = None) -> Response[Failure]:
    return Response(Failure(error=refusal), status_code=int(status), headers=headers)
