"""What a run of a template is to be given."""

from typing import Final

from domain.values.json import Json, JsonObject

_DOCUMENT: Final[JsonObject] = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "properties": {
                "title": {"type": "string", "maxLength": 255},
                "content": {"type": "string", "minLength": 1},
                "metadata": {"type": "object"},
            },
            "required": ["content"],
        },
    ]
}


def payload_schema(query_path: str) -> JsonObject:
    """JSON Schema, Draft 2020-12: a question at `query_path`, and documents that are added first, if there are any."""
    question: JsonObject = {"type": "string", "minLength": 1, "description": "What is to be answered."}
    first, *inner = query_path.split(".")
    for name in reversed(inner):
        question = {"type": "object", "properties": {name: question}, "required": [name]}
    return {
        "type": "object",
        "properties": {
            "documents": {"type": "array", "items": _DOCUMENT, "description": "Texts to keep before the search."},
            "documentText": {"type": "string", "description": "One text, where there is no list."},
            "documentTitle": {"type": "string", "description": "The title of that text."},
            first: question,
        },
        "required": [first],
    }


def payload_example(query_path: str) -> JsonObject:
    question: Json = "How long do we keep invoices?"
    first, *inner = query_path.split(".")
    for name in reversed(inner):
        question = {name: question}
    kept = "Invoices are kept for ten years. Delivery notes are kept until the invoice is paid."
    return {"documents": [{"title": "Retention", "content": kept}], first: question}
