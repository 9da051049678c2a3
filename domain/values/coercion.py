"""JavaScript's conversions between types, for graphs that were written against them.

Rules: ECMA-262, Number::toString, ToString, StringToNumber and ToNumber.
"""

import math
import re
from typing import Final

from domain.values.json import UNDEFINED, MaybeJson

_NUMBER_TEXT: Final = re.compile(r"[+-]?(Infinity|(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)\Z", re.ASCII)
_BLANKS: Final = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_RADIX_TEXT: Final = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)\Z")


def text_of(value: MaybeJson) -> str:
    """String(value): `undefined`, `null`, `true`, `1` for 1.0, `a,b` for arrays, `[object Object]` for objects."""
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list):
        return ",".join("" if each is None else text_of(each) for each in value)
    return "[object Object]"


def trimmed(text: str) -> str:
    """Without the blanks at both ends that JavaScript's trim takes away: the byte order mark is one, U+0085 is not."""
    return text.strip(_BLANKS)


def code_units(text: str) -> int:
    """The length that JavaScript sees: characters beyond the Basic Multilingual Plane count as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def number_text(number: int | float) -> str:
    """A number in JavaScript's shortest form: 1.0 is `1`, 1e21 is `1e+21`, 0.0000001 is `1e-7`.

    Integers below 10^21 keep all their digits, where JavaScript would round those above 2^53: ids must survive.
    """
    if isinstance(number, int) and abs(number) < 10**21:
        return str(number)
    number = _as_float(number)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    return sign + _positive_text(abs(number))


def _positive_text(number: float) -> str:
    """Lay out the shortest digits that read back as `number`, which is also what repr chooses."""
    mantissa, _, exponent_text = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    point = len(whole) - leading + int(exponent_text or 0)
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        return digits.ljust(point, "0") if len(digits) <= point else f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def number_of(value: MaybeJson) -> float:
    """Number(value): blank text and null are 0, booleans 0 or 1, what is no number NaN; arrays go by their text."""
    if value is UNDEFINED or isinstance(value, dict):
        return math.nan
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return _as_float(value)
    return _number_from(text_of(value))


def _as_float(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _number_from(text: str) -> float:
    text = trimmed(text)
    if not text:
        return 0.0
    if _RADIX_TEXT.match(text):
        return _as_float(int(text, 0))
    return float(text) if _NUMBER_TEXT.match(text) else math.nan


def numeric(value: MaybeJson) -> int | float | None:
    """A real number, or text that spells a finite one, as a number; None for anything else, blank text included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or not trimmed(value):
        return None
    number = _number_from(value)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def lenient_bool(value: MaybeJson, *, default: bool) -> bool:
    """A real boolean, or the text `true` or `false` in any case; anything else is the default."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower(), default)
    return default


def is_truthy(value: MaybeJson) -> bool:
    """What JavaScript's `if` takes for true: everything but undefined, null, false, 0, NaN and empty text."""
    if value is UNDEFINED or value is None or value is False or value == "":
        return False
    return not (isinstance(value, int | float) and (value == 0 or math.isnan(value)))
