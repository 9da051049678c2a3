from domain.errors import LimitExceeded
from domain.rate_limits.limit import Verdict


class RateLimited(LimitExceeded):
    """Too often. `retry_after` says in how many seconds it is worth trying again."""

    code = "RATE_LIMITED"

    def __init__(self, verdict: Verdict) -> None:
        wait = verdict.retry_after
        super().__init__(f"Rate limit exceeded, retry in {wait} second{'' if wait == 1 else 's'}")
        self.verdict = verdict
        self.retry_after = wait
