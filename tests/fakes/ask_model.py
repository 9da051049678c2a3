"""A model to ask, and keys to ask it with."""

from dataclasses import dataclass, field

from application.models.ask_model import AskModel
from domain.ids import UserId
from domain.models import provider as models
from domain.provider_keys.provider_key import Provider
from tests.fakes.language_model import FakeLanguageModel


@dataclass
class KeysInMind:
    """The same for everybody."""

    keys: dict[Provider, str] = field(default_factory=dict)

    async def __call__(self, *, owner_id: UserId, provider: Provider) -> str | None:
        return self.keys.get(provider)


def asking(
    model: FakeLanguageModel,
    *providers: Provider,
    falls_back: bool = True,
    keyless: frozenset[models.Provider] | None = None,
) -> AskModel:
    """With a key for each of the providers."""
    keys = KeysInMind({each: f"key of {each}" for each in providers})
    without = frozenset({models.Provider.EXTRACTIVE}) if keyless is None else keyless
    return AskModel(open_key=keys, model=model, keyless=without, falls_back=falls_back)
