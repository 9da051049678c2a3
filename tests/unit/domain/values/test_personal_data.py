"""Personal data is found, hidden, and never kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.personal_data import PersonalDataKind, hide_personal_data

EMAIL, CARD, PHONE = PersonalDataKind.EMAIL, PersonalDataKind.CARD, PersonalDataKind.PHONE


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("ada@example.com", "ad***@example.com"),
        ("ab@example.com", "a***@example.com"),
        ("a@example.com", "***@example.com"),
        ("Write to first.last+tag@mail.example.co.uk.", "Write to fi***@mail.example.co.uk."),
        ("müller@exämple.de", "mü***@exämple.de"),
        ("<x_y@a-b.org>", "<x_***@a-b.org>"),
    ],
)
def test_hides_mailboxes_but_for_two_characters_and_never_all_of_one(text: str, hidden: str) -> None:
    masked, (find,) = hide_personal_data(text)
    assert masked == hidden
    assert find.kind is EMAIL


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("5551234567", "******4567"),
        ("555-123-4567", "***-***-4567"),
        ("(555) 123-4567", "(***) ***-4567"),
        ("555.123.4567", "***.***.4567"),
        ("+1 555 123 4567", "+* *** *** 4567"),
        ("+491701234567", "+********4567"),
        ("call 1-800-555-0199 now", "call *-***-***-0199 now"),
    ],
)
def test_hides_all_but_the_last_four_digits_of_phones(text: str, hidden: str) -> None:
    masked, (find,) = hide_personal_data(text)
    assert masked == hidden
    assert find.kind is PHONE


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111234",
        "4111 1111 1111 1234",
        "4111-1111-1111-1234",
        "3782 822463 11234",
        "378282246311234",
        "6304000000000001234",
    ],
)
def test_hides_all_but_the_last_four_digits_of_cards(text: str) -> None:
    masked, (find,) = hide_personal_data(f"card {text}.")
    assert masked == "card ****-****-****-1234."
    assert find.kind is CARD


@pytest.mark.parametrize(
    "text",
    ["", "no data", "2026-11-22", "123456789", "a@b", "@example.com", "me@host.c0m", "12:30:45", "v1.2.3", "user@"],
)
def test_leaves_other_texts_alone(text: str) -> None:
    assert hide_personal_data(text) == (text, [])


def test_masks_each_place_once_the_address_before_the_card_before_the_phone() -> None:
    masked, finds = hide_personal_data("5551234567@example.com 4111111111111111 5551234567")
    assert masked == "55***@example.com ****-****-****-1111 ******4567"
    assert [each.kind for each in finds] == [EMAIL, CARD, PHONE]


def test_says_where_in_the_original_and_in_which_order() -> None:
    _, finds = hide_personal_data("555-123-4567, then ada@example.com")
    assert [(each.kind, each.position) for each in finds] == [(PHONE, 0), (EMAIL, 19)]


def test_counts_offsets_as_javascript_does() -> None:
    _, finds = hide_personal_data("🙂 ada@example.com 🙂 bob@example.com")
    assert [each.position for each in finds] == [3, 22]


MAILBOX = st.from_regex(r"[a-z0-9][a-z0-9.]{1,20}[a-z0-9]", fullmatch=True)


@given(MAILBOX, st.text("xyz ,;", max_size=5))
def test_the_original_is_nowhere_in_the_answer(mailbox: str, around: str) -> None:
    original = f"{mailbox}@example.com"
    masked, finds = hide_personal_data(f"{around} {original} {around}")
    assert original not in masked
    assert all(original not in each.masked for each in finds)


@given(st.text("0123456789 -.@ab()+", max_size=60))
def test_masks_are_in_the_text_in_order_and_all_else_is_as_it_was(text: str) -> None:
    masked, finds = hide_personal_data(text)
    rest = masked
    for each in finds:
        _, mark, rest = rest.partition(each.masked)
        assert mark
    assert [each.position for each in finds] == sorted({each.position for each in finds})


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "a." * 50_000,
        "a@" * 50_000,
        "a@" + "b." * 50_000,
        "a@" + "b" * 100_000,
        "@" * 100_000,
        "1" * 100_000,
        "1-" * 50_000,
        "+1 (" * 25_000,
        "4111 " * 20_000,
        "a@" + "-." * 50_000,
    ],
)
def test_long_hostile_texts_are_read_in_one_pass(text: str) -> None:
    masked, _ = hide_personal_data(text)
    assert masked
