"""The shape around every answer: `{success, data, meta?}` or `{success, error: {code, message, details?}}`."""

from collections.abc import Mapping, Sequence
from typing import Final, Generic, Literal, TypeVar, cast

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import Send
from msgspec import UNSET, Raw, Struct, UnsetType

from domain.errors import Fault
from entrypoints.wire.validation import MAX_FAULTS

Data = TypeVar("Data")
Meta = TypeVar("Meta")


class Success(Struct, Generic[Data], kw_only=True):
    """`success` comes first, as readers of raw answers expect."""

    success: Literal[True] = True
    data: Data


class SuccessWithMeta(Struct, Generic[Data, Meta], kw_only=True):
    success: Literal[True] = True
    data: Data
    meta: Meta | UnsetType = UNSET


class Issue(Struct, kw_only=True):
    """One thing that is wrong: object keys and array positions lead to it, outermost first."""

    path: list[str | int]
    code: str
    message: str

    @classmethod
    def of(cls, fault: Fault) -> "Issue":
        return cls(path=list(fault.path), code=fault.code, message=fault.message)


class Details(Struct, rename="camel", kw_only=True):
    """`fieldErrors` lists messages by the first step of the path only; `issues` says exactly where."""

    form_errors: list[str]
    field_errors: dict[str, list[str]]
    issues: list[Issue]

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> "Details":
        faults = faults[:MAX_FAULTS]
        fields: dict[str, list[str]] = {}
        for fault in faults:
            if fault.path:
                fields.setdefault(str(fault.path[0]), []).append(fault.message)
        return cls(
            form_errors=[fault.message for fault in faults if not fault.path],
            field_errors=fields,
            issues=[Issue.of(fault) for fault in faults],
        )


class Refusal(Struct, kw_only=True):
    """`code` is stable and for programs, `message` is for people, `details` comes with `VALIDATION_ERROR`."""

    code: str
    message: str
    details: Details | UnsetType = UNSET


class Failure(Struct, kw_only=True):
    success: Literal[False] = False
    error: Refusal


NOWHERE: Final = Refusal(code="NOT_FOUND", message="There is nothing at this address")


async def answer_failure(send: Send, status: int, refusal: Refusal) -> None:
    """For what is refused before the framework has a say."""
    body = msgspec.json.encode(Failure(error=refusal))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def success(data: Data) -> Success[Data]:
    return Success(data=data)


def recorded(record: type[Data], stored: Raw) -> Success[Data]:
    """A record that left the store in wire form already; `record` only says which."""
    return Success(data=cast("Data", stored))


_WHEN: Mapping[int, str] = {
    400: "The request breaks a rule",
    401: "Not signed in, or wrong credentials",
    403: "The access token is not good for this",
    404: "It does not exist, or it is somebody else's",
    409: "It cannot be done in the present state",
    412: "It was changed since the revision in If-Match",
    413: "The body is too large",
    415: "The body is neither JSON nor plain text",
    429: "Too many requests: wait for as many seconds as Retry-After says",
    500: "The model provider failed",
    503: "Something that REX depends on does not answer",
}


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """Document that a route for signed-in callers may refuse with `statuses`, for a bad token, too many requests or
    an outage."""
    return public_refusals(401, 403, *statuses)


def public_refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """The same for a route that is open to everybody."""
    return {
        status: ResponseSpec(data_container=Failure, description=_WHEN[status], generate_examples=False)
        for status in sorted({*statuses, 429, 503})
    }
