"""Which model is asked for under the names that nodes keep."""

import pytest

from domain.models.provider import Provider


@pytest.mark.parametrize("provider", list(Provider))
def test_blank_means_the_usual_model(provider: Provider) -> None:
    assert provider.model_for("") == provider.model_for("  ") != ""


@pytest.mark.parametrize("name", ["gemini-pro", "Gemini-Pro", " gemini-pro-vision ", "models/gemini-ultra"])
def test_retired_models_have_a_successor_however_they_are_spelled(name: str) -> None:
    assert Provider.GEMINI.model_for(name) == "gemini-2.0-flash"


@pytest.mark.parametrize("name", ["gemini-2.5-pro", "models/gemini-2.5-pro", "tunedModels/Mine"])
def test_other_models_keep_their_name(name: str) -> None:
    assert Provider.GEMINI.model_for(name) == name


def test_names_are_retired_with_their_own_provider_only() -> None:
    assert Provider.OPENAI.model_for("gemini-pro") == "gemini-pro"
