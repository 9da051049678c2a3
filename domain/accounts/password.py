"""What is strong enough to be a password."""

from domain.errors import Fault

MIN_LENGTH, MAX_LENGTH = 8, 128


def password_faults(password: str) -> list[Fault]:
    """Every rule that `password` breaks. Lengths count characters; blanks are allowed, blank passwords are not."""
    faults = []
    if len(password) < MIN_LENGTH:
        faults.append(_fault("too_short", f"Password must be at least {MIN_LENGTH} characters"))
    if len(password) > MAX_LENGTH:
        faults.append(_fault("too_long", f"Password must be at most {MAX_LENGTH} characters"))
    if len(password) >= MIN_LENGTH and not password.strip():
        faults.append(_fault("blank", "Password must not be blank"))
    return faults


def _fault(code: str, message: str) -> Fault:
    return Fault(("password",), code, message)
