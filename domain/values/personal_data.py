"""Finds e-mail addresses, card numbers and phone numbers in texts, and hides them.

Every pattern takes time in proportion to the text: runs of unlimited length begin only where nothing of their kind
stands before, and are never given back.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.values.coercion import code_units


class PersonalDataKind(StrEnum):
    EMAIL = "email"
    CARD = "credit-card"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Something personal and its mask, never the original. `position` is its offset as JavaScript counts."""

    kind: PersonalDataKind
    masked: str
    position: int


@dataclass(frozen=True, slots=True)
class _Region:
    start: int
    end: int
    kind: PersonalDataKind
    masked: str


def hide_personal_data(text: str) -> tuple[str, list[Find]]:
    """The text with masks in it, and what was found, in order.

    Where finds overlap, an e-mail address wins over a card, and a card over a phone: each place is masked once.
    """
    regions = _regions(text)
    pieces: list[str] = []
    finds: list[Find] = []
    at = position = 0
    for region in regions:
        before = text[at : region.start]
        position += code_units(before)
        finds.append(Find(kind=region.kind, masked=region.masked, position=position))
        pieces += before, region.masked
        position += code_units(text[region.start : region.end])
        at = region.end
    return "".join((*pieces, text[at:])), finds


def _regions(text: str) -> Sequence[_Region]:
    found: list[_Region] = []
    gaps = [(0, len(text))]
    for kind, (pattern, mask) in _RULES.items():
        new = [_Region(*each.span(), kind, mask(each[0])) for gap in gaps for each in pattern.finditer(text, *gap)]
        found = sorted([*found, *new], key=lambda region: region.start)
        gaps = list(_between(found, len(text)))
    return found


def _between(regions: Sequence[_Region], end: int) -> Iterator[tuple[int, int]]:
    at = 0
    for region in regions:
        yield at, region.start
        at = region.end
    yield at, end


def _masked_email(found: str) -> str:
    """Two characters of the mailbox stay, but never all of it."""
    mailbox, _, host = found.partition("@")
    return f"{mailbox[: min(2, len(mailbox) - 1)]}***@{host}"


def _masked_card(found: str) -> str:
    digits = re.sub(r"\D", "", found)
    return f"****-****-****-{digits[-4:]}"


def _masked_phone(found: str) -> str:
    """All digits but the last four are hidden; what separates them stays."""
    return re.sub(r"\d(?=(?:\D*\d){4})", "*", found)


_RULES: Final[dict[PersonalDataKind, tuple[re.Pattern[str], Callable[[str], str]]]] = {
    PersonalDataKind.EMAIL: (
        re.compile(r"(?<![\w.%+-])[\w.%+-]++@(?:[\w-]++\.)+[^\W\d_]{2,}"),
        _masked_email,
    ),
    PersonalDataKind.CARD: (
        re.compile(
            r"(?<!\d)(?:"
            r"\d{4}[-.\s]?\d{4}[-.\s]?\d{4}[-.\s]?\d{4}"  # four groups of four
            r"|\d{4}[-.\s]?\d{6}[-.\s]?\d{5}"  # American Express
            r"|\d{14,}+"  # too long for a phone: other cards, accounts, identity numbers
            r")(?!\d)"
        ),
        _masked_card,
    ),
    PersonalDataKind.PHONE: (
        re.compile(r"(?<!\d)(?:\+?\d{1,3}[-.\s]?)?\(?\d{3}\)?[-.\s]?\d{3}[-.\s]?\d{4}(?!\d)"),
        _masked_phone,
    ),
}
