"""Requests as a node makes them."""

from dataclasses import replace
from typing import Any, Final

from application.ports.language_model import Message, ModelRequest, Role

KEY: Final = "no-known-shape-0123456789abcdefSECRET"
LITTLE: Final = 64 * 1024

_REQUEST: Final = ModelRequest(
    provider="gemini",
    model="",
    messages=(Message(role=Role.USER, text="What is the answer?"),),
    temperature=0.2,
    max_output_tokens=1200,
    timeout=5.0,
    api_key=KEY,
)


def a_request(provider: str = "gemini", **changes: Any) -> ModelRequest:
    return replace(_REQUEST, provider=provider, **changes)


def a_conversation(provider: str) -> ModelRequest:
    said = (
        (Role.SYSTEM, "Be brief."),
        (Role.USER, "Hello"),
        (Role.ASSISTANT, "Hi"),
        (Role.USER, "What is the answer?"),
    )
    return a_request(provider, messages=tuple(Message(role=role, text=text) for role, text in said))
