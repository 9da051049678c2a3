from domain.errors import LimitExceeded
from domain.rate_limits.limit import Verdict


class RateLimited(LimitExceeded):
    """`verdict` says how long to wait."""

    code = "RATE_LIMITED"

    def __init__(self, verdict: Verdict) -> None:
        unit = "second" if verdict.seconds == 1 else "seconds"
        super().__init__(f"Too many requests: try again in {verdict.seconds} {unit}")
        self.verdict = verdict
