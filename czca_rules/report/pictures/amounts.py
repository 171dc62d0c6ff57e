"""Quantities in the words of a picture: on its axes and in its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from czca_rules.report.figures import MINUS
from czca_rules.report.pictures.markup import rounded

#: Decimals in a sentence; the table beside the picture has all of them.
PLACES = 3
_NARROW_SPACE = "\u202f"
_LONGEST_NUMBER = 10**7
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def tick_text(value: Fraction) -> str:
    """A round value as an axis shows it.

    >>> tick_text(Fraction(-1500)), tick_text(Fraction(1, 4)), tick_text(Fraction(2 * 10**9))
    ('−1\u202f500', '0.25', '2·10⁹')
    """
    number = abs(value)
    if number >= _LONGEST_NUMBER or 0 < number < Fraction(1, 10**PLACES):
        return _sign(value) + _with_power(number)
    return _sign(value) + _digits(number)


def amount(value: Fraction, unit: str = "") -> str:
    """A quantity in a sentence, ``≈`` where it has more decimals than fit.

    >>> amount(Fraction(4), "MW"), amount(Fraction(475, 3), "MW")
    ('4 MW', '≈158.333 MW')
    """
    near = Fraction(rounded(abs(value) * 10**PLACES), 10**PLACES)
    about = "" if near == abs(value) else "≈"
    return f"{about}{_sign(value)}{_digits(near)}{' ' + unit if unit else ''}"


def amounts(values: Sequence[Fraction], unit: str) -> str:
    """The range of several quantities, such as ``150 to 160 MW``."""
    low, high = min(values), max(values)
    return amount(high, unit) if low == high else f"{amount(low)} to {amount(high, unit)}"


def _sign(value: Fraction) -> str:
    return MINUS if value < 0 else ""


def _digits(number: Fraction) -> str:
    scaled = rounded(number * 10**(PLACES + 1))
    whole, rest = divmod(scaled, 10**(PLACES + 1))
    decimals = f"{rest:0{PLACES + 1}d}".rstrip("0")
    grouped = f"{whole:,}".replace(",", _NARROW_SPACE)
    return f"{grouped}.{decimals}" if decimals else grouped


def _with_power(number: Fraction) -> str:
    power = len(str(number.numerator)) - len(str(number.denominator))
    power -= number < Fraction(10) ** power
    mantissa = number / Fraction(10) ** power
    times = "" if mantissa == 1 else f"{_digits(mantissa)}·"
    return f"{times}10{str(power).translate(_SUPERSCRIPTS)}"
