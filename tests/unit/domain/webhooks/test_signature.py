"""A signature holds for its body, its secret and its moment, and for nothing else."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.webhooks.errors import SignatureRefused, SignatureStale, SignatureWrong
from domain.webhooks.signature import TOLERANCE, sign, verified
from tests.fakes.clock import NOON

SECRETS = st.text(min_size=1, max_size=50)


def test_is_an_hmac_that_every_language_can_make() -> None:
    digest = hmac.new(b"whsec_1", b'1767268800.{"a":1}', hashlib.sha256).hexdigest()
    assert sign("whsec_1", b'{"a":1}', at=NOON) == f"t=1767268800,v1={digest}"


@given(st.binary(max_size=200), SECRETS, st.lists(SECRETS, max_size=2), st.floats(-300, 300))
def test_fits_with_any_of_the_secrets_within_the_tolerance(
    body: bytes, secret: str, others: list[str], off: float
) -> None:
    header = sign(secret, body, at=NOON)
    now = NOON + timedelta(seconds=off)
    assert verified(header, body, [*others, secret], now=now) == verified(header, body, [secret], now=NOON)


@given(st.binary(max_size=50), st.binary(max_size=50), SECRETS, SECRETS)
def test_fits_no_other_body_and_no_other_secret(body: bytes, other: bytes, secret: str, stolen: str) -> None:
    header = sign(secret, body, at=NOON)
    if other != body:
        with pytest.raises(SignatureWrong):
            verified(header, other, [secret], now=NOON)
    if stolen != secret:
        with pytest.raises(SignatureWrong):
            verified(header, body, [stolen], now=NOON)


@pytest.mark.parametrize("off", [TOLERANCE + timedelta(seconds=1), -TOLERANCE - timedelta(seconds=1)])
def test_is_over_after_the_tolerance_and_not_good_before_it(off: timedelta) -> None:
    with pytest.raises(SignatureStale, match="5 minutes"):
        verified(sign("s", b"", at=NOON), b"", ["s"], now=NOON + off)


@given(st.text(max_size=300) | st.from_regex(r"(t=\d{0,30},?|v1=[0-9a-f]{0,70},?){0,12}", fullmatch=True))
def test_never_takes_what_was_not_signed(header: str) -> None:
    with pytest.raises(SignatureRefused):
        verified(header, b"{}", ["secret"], now=NOON)


def test_has_nothing_to_fit_without_secrets() -> None:
    with pytest.raises(SignatureWrong):
        verified(sign("", b"", at=NOON), b"", [], now=NOON)
