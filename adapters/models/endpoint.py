"""One address of a provider, together with its key: what remains to say is the question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.models.keys import usable_key
from adapters.models.provider_http import Call, ProviderHttp
from adapters.models.replies import Shape, decoded, encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`name` is the provider's name for people. `timeout` is in seconds, for each question with all its retries."""

    http: ProviderHttp
    name: str
    url: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 30.0

    async def ask(self, question: Mapping[str, Any], shape: type[Shape]) -> Shape:
        """Send JSON, receive JSON. Raise a subclass of ModelFailed; nothing that is raised holds the key."""
        key = usable_key(self.name, self.key)
        call = Call(
            provider=self.name,
            url=self.url,
            headers={"authorization": f"Bearer {key}"} if key else {},
            body=encoded(question),
            secret=key,
            timeout=self.timeout,
        )
        return decoded(await self.http.post(call), shape, provider=self.name)
