"""How a model call fails. Texts are for people: they name the provider, say what to do and hold no secret."""

from typing import Final

from domain.errors import Conflict, DomainError, LimitExceeded, Unavailable

PREFIX: Final = "LLM provider error: "


class ModelFailed(DomainError):
    """Root of all failures of a model call.

    `reason` is the text without the prefix that steps record. `status` is the HTTP status of the provider's last
    answer, None when there was none.
    """

    def __init__(self, provider: str, reason: str, *, status: int | None = None) -> None:
        super().__init__(f"{PREFIX}{reason}")
        self.provider = provider
        self.reason = reason
        self.status = status


class ModelRefused(ModelFailed, Conflict):
    """The provider will not do this: a wrong key, an unknown model, a blocked prompt. The same call fails again."""

    code = "MODEL_REFUSED"


class ModelKeyRefused(ModelRefused):
    """There is no key, or not a valid one."""

    code = "MODEL_KEY_REFUSED"


class ModelLimitReached(ModelFailed, LimitExceeded):
    """The provider's rate limit or the account's quota is used up, also after the retries."""

    code = "MODEL_LIMIT_REACHED"


class ModelUnavailable(ModelFailed, Unavailable):
    """No usable answer came: no connection, a fault on the provider's side, or an answer that makes no sense."""

    code = "MODEL_UNAVAILABLE"


class ModelTooSlow(ModelUnavailable):
    """The time limit of the call passed first."""

    code = "MODEL_TOO_SLOW"
