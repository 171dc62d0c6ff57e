"""Well-typed formulas drawn at random over the table of every unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[Any], Any]

#: Names and literals of each unit, and which two units multiply to it.
ATOMS = {
    "MW": ("p_mw", "q_mw", "sure_mw", "x.mw", "known_mw", "late_mw", "0 MW", "12.345 MW"),
    "EUR/MWh": ("r_eur_mwh", "0 EUR/MWh", "4.25 EUR/MW/h"),
    "EUR": ("e_eur", "0.01 EUR"), "h": ("length", "0.25 h", "24 h"),
    "MWh": ("p_mw * length", "100 MWh"),
    "": ("part", "number", "count_of", "10 %", "0.5", "3"),
}
FACTORS = {"MW": ("", "MW"), "EUR/MWh": ("", "EUR/MWh"), "EUR": ("EUR/MWh", "MWh"),
           "h": ("", "h"), "MWh": ("MW", "h"), "": ("", "")}
GIVEN = ("p_mw", "x.mw", "word", "yes", "at", "x.word", "known_mw", "late_mw", "day")


def quantity(draw: Draw, unit: str, depth: int) -> str:
    """A quantity of a unit."""
    if depth == 0:
        return str(draw(st.sampled_from(ATOMS[unit])))

    def again(of: str = unit) -> str:
        return quantity(draw, of, depth - 1)

    form = draw(st.integers(0, 9))
    if form <= 1:
        return f"({again()} {draw(st.sampled_from('+-'))} {again()})"
    if form == 2:
        one, other = FACTORS[unit]
        return f"{quantity(draw, one, 0)} * ({again(other)})"
    if form == 3:
        return f"-{again()}" if draw(st.booleans()) else f"abs({again()})"
    if form <= 5:
        return f"{draw(st.sampled_from(('min', 'max')))}({again()}, {again()})"
    if form == 6:
        return f"first_given({again()}, {again()}, {again()})"
    if form == 7:
        kept = draw(st.sampled_from(("then unknown else {}", "then {} else unknown")))
        return f"(if {truth(draw, depth - 1)} {kept.format(again())})"
    return f"(if {truth(draw, depth - 1)} then {again()} else {again()})"


def truth(draw: Draw, depth: int) -> str:
    """A condition."""
    if depth == 0:
        return str(draw(st.sampled_from(("yes", "no", "x.yes", "true", "false"))))
    form = draw(st.integers(0, 11))
    if form <= 2:
        word = draw(st.sampled_from(("and", "or")))
        return f"({truth(draw, depth - 1)} {word} {truth(draw, depth - 1)})"
    if form == 3:
        return f"not {truth(draw, depth - 1)}"
    if form <= 6:
        return comparison(draw, depth)
    if form == 7:
        asked = draw(st.sampled_from(("in ('up', 'down', '')", "has 'up'", "has 'down'",
                                      "has 'it'", "has ''")))
        return f"{draw(st.sampled_from(('word', 'x.word', 'zone')))} {asked}"
    if form == 8:
        asked = draw(st.sampled_from(("is given", "is not given")))
        return f"{draw(st.sampled_from(GIVEN))} {asked}"
    if form == 9:
        plain = draw(st.sampled_from(("word = zone", "word != 'up'", "at < until", "yes = no",
                                      "at + length <= until", "at - part * length != until",
                                      "day = day", "min(at, until) >= submission.as_of",
                                      "hour_start(at) = hour_start(until)",
                                      "hour_start(at + length) <= until",
                                      "hour_start(max(at, until)) + 1 h > submission.as_of")))
        return str(plain)
    parts = [truth(draw, depth - 1) for _ in range(3)]
    return f"(if {parts[0]} then {parts[1]} else ({parts[2]}))"


def comparison(draw: Draw, depth: int) -> str:
    """Two quantities compared, with a tolerance now and then."""
    unit = draw(st.sampled_from(sorted(ATOMS)))
    sign = draw(st.sampled_from(("<", "<=", "=", "!=", ">=", ">")))
    text = f"{quantity(draw, unit, depth - 1)} {sign} {quantity(draw, unit, depth - 1)}"
    if sign != "!=" and draw(st.booleans()):
        text += f" within {quantity(draw, unit, 0)}"
    return f"({text})"


@st.composite
def formulas(draw: Draw, depth: int = 4) -> str:
    """A condition or a quantity."""
    if draw(st.booleans()):
        return truth(draw, depth)
    return quantity(draw, draw(st.sampled_from(sorted(ATOMS))), depth)


@st.composite
def aggregates(draw: Draw) -> str:
    """An aggregate, with and without a condition."""
    function = draw(st.sampled_from(("sum", "highest", "lowest", "only", "any", "every", "count")))
    where = f" where {truth(draw, 2)}" if draw(st.booleans()) else ""
    if function == "count":
        return f"count({where.strip()})"
    if function in ("any", "every"):
        return f"{function}({truth(draw, 2)}{where})"
    item = quantity(draw, draw(st.sampled_from(sorted(ATOMS))), 2)
    if function != "sum" and draw(st.integers(0, 3)) == 0:
        item = draw(st.sampled_from(("word", "at", "day", "x.word", "hour_start(at)")))
    return f"{function}({item}{where})"
