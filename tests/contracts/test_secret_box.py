"""What is sealed is opened by its key and its binding, and by nothing else."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.crypto.aes_secret_box import AesSecretBox
from application.ports.secret_box import SecretBox, SecretUnreadable
from tests.fakes.secret_box import FakeSecretBox

Boxes = Callable[..., SecretBox]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def aes(*ring: str) -> SecretBox:
    return AesSecretBox({name: name.encode().ljust(32, b".") for name in ring})


def fake(*ring: str) -> SecretBox:
    return FakeSecretBox(*ring)


@pytest.fixture(params=["fake", "aes"])
def box(request: pytest.FixtureRequest) -> Boxes:
    return fake if request.param == "fake" else aes


@pytest.mark.parametrize("boxes", [fake, aes])
@given(TEXTS)
def test_opens_what_it_sealed(boxes: Boxes, secret: str) -> None:
    one = boxes("k1")
    assert one.open(one.seal(secret, binding="b").text, binding="b") == secret


def test_hides_what_it_sealed_and_never_the_same_way_twice(box: Boxes) -> None:
    one = box("k1")
    first, second = one.seal("top secret", binding="b"), one.seal("top secret", binding="b")
    assert first.text != second.text
    assert "top secret" not in first.text + repr(first)
    assert first.ring_key == one.current


def test_does_not_open_for_another_binding(box: Boxes) -> None:
    one = box("k1")
    with pytest.raises(SecretUnreadable):
        one.open(one.seal("s", binding="user a").text, binding="user b")


def test_opens_with_any_key_of_the_ring_and_seals_with_the_first(box: Boxes) -> None:
    sealed = box("old").seal("s", binding="b")
    ring = box("new", "old")
    assert ring.open(sealed.text, binding="b") == "s"
    assert ring.seal("s", binding="b").ring_key == box("new").current != sealed.ring_key
    with pytest.raises(SecretUnreadable):
        box("new").open(sealed.text, binding="b")


@pytest.mark.parametrize("broken", ["", "k1", "k1.", "k1.!!!!", "k1.AAAA", "k9.AAAA", "\0"])
def test_says_so_when_it_cannot_be_opened(box: Boxes, broken: str) -> None:
    with pytest.raises(SecretUnreadable):
        box("k1").open(broken, binding="b")


def test_notices_every_altered_byte() -> None:
    one = aes("k1")
    sealed = one.seal("secret", binding="b").text
    for at in range(sealed.index(".") + 1, len(sealed) - 4):  # the last four may hold bits that mean nothing
        altered = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(SecretUnreadable):
            one.open(altered, binding="b")


def test_knows_another_key_of_the_same_name_for_another() -> None:
    old, new = AesSecretBox({"k": b"1" * 32}), AesSecretBox({"k": b"2" * 32})
    assert old.current != new.current
    with pytest.raises(SecretUnreadable) as refused:
        new.open(old.seal("s", binding="b").text, binding="b")
    assert old.current in refused.value.detail
    assert old.current not in str(refused.value)
