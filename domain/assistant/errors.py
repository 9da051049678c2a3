from domain.errors import DomainError, Invalid


class NoProviderKey(Invalid):
    code = "MISSING_API_KEY"

    def __init__(self) -> None:
        super().__init__("No API key found. Add a Gemini, Groq or OpenAI key in Settings to use the assistant")


class AssistantRefused(Invalid):
    """The provider does not take the question, or not this key; asking again changes nothing."""

    code = "CHAT_ERROR"


class AssistantFailed(DomainError):
    """The provider failed while it was asked; asking again may work."""

    code = "CHAT_ERROR"
