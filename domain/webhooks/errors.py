from datetime import timedelta

from domain.errors import Conflict, NotFound, Unauthenticated


class NobodyListens(NotFound):
    """The same words for every reason, so that strangers learn nothing about a workflow."""

    def __init__(self) -> None:
        super().__init__("Workflow not found or inactive")


class SignatureRefused(Unauthenticated):
    code = "INVALID_SIGNATURE"


class SignatureMissing(SignatureRefused):
    def __init__(self) -> None:
        super().__init__("This webhook must be signed: send the header X-Rex-Signature")


class SignatureUnreadable(SignatureRefused):
    def __init__(self) -> None:
        super().__init__("X-Rex-Signature must look like t=<seconds since 1970>,v1=<hex of HMAC-SHA256>")


class SignatureStale(SignatureRefused):
    def __init__(self, tolerance: timedelta) -> None:
        minutes = tolerance.total_seconds() / 60
        super().__init__(f"The time in X-Rex-Signature is more than {minutes:g} minutes away from ours: sign it anew")


class SignatureWrong(SignatureRefused):
    def __init__(self) -> None:
        super().__init__("X-Rex-Signature does not fit this body and any secret of this workflow")


class DeliveryReplayed(Conflict):
    code = "REPLAYED"

    def __init__(self) -> None:
        super().__init__("This delivery was received before: sign every delivery anew")


class WebhookSecretNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Webhook secret not found")


class TooManyWebhookSecrets(Conflict):
    code = "TOO_MANY_SECRETS"

    def __init__(self) -> None:
        super().__init__("Two secrets are live already: delete the one that senders no longer use")
