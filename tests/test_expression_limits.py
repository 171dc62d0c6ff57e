"""What the expression language refuses: units, names, length and depth, each with its place."""

from __future__ import annotations

from typing import Any

import pytest
from formula_tables import (
    ALWAYS,
    KINDS,
    by_engine,
    by_python,
    row,
    scope,
    well_typed,
)

from czca_rules.rulebook.parsing import parse
from czca_rules.rulebook.syntax import ExpressionError
from czca_rules.rulebook.typecheck import require
from czca_rules.rulebook.units import MAX_DIGITS, Type, unit_name


@pytest.mark.parametrize(("text", "column", "found", "expected"), [
    ("p_mw + r_eur_mwh", 8, "EUR/MWh beside MW", "MW"),
    ("e_eur = p_mw * r_eur_mwh", 9, "EUR^1 x h^-1 beside EUR", "EUR"),
    ("p_mw <= 5", 9, "a plain number beside MW", "MW"),
    ("p_mw <= 5 h", 9, "h beside MW", "MW"),
    ("p_mw / 2", 6, "a division", "no division"),
    ("0 MW <= p_mw <= 5 MW", 14, "a second comparison `<=`", "one comparison"),
    ("p_mv > 0 MW", 1, "the name `p_mv`", "a column, parameter or fact"),
    ("p_mw > 0 MW and x.mv is given", 17, "the name `x.mv`", "a column, parameter or fact"),
    ("sum(p_mw) > 0 MW", 1, "`sum` outside a derivation", "aggregates in derived.yaml only"),
    ("p_mw", 1, "MW", "a condition"),
    ("word < 'b'", 1, "`<` of a word", "`=` or `!=`"),
    ("yes >= no", 1, "`>=` of a condition", "`=` or `!=`"),
    ("word + 1 h", 1, "a word in `+`", "a quantity"),
    ("at + 5 MW > at", 1, "an instant in `+`", "a quantity"),
    ("at < day", 6, "a date beside an instant", "an instant"),
    ("p_mw != q_mw within 1 MW", 1, "a tolerance there", "it beside a quantity"),
    ("p_mw = q_mw within 1 h", 20, "h beside MW in `within`", "MW"),
    ("max(p_mw) > 0 MW", 1, "`max` of 1 values", "2 or 3 or 4"),
    ("abs(word) = 'a'", 1, "`abs` of a word", "a quantity"),
    ("mix(p_mw, q_mw) > 0 MW", 4, "`mix(`", "a function of the language"),
    ("(p_mw + q_mw) is given", 1, "`is given` of a formula", "it of one column"),
    ("unknown", 1, "`unknown` by itself", "it after `then` or `else` only"),
    ("ratio(p_mw, q_mw) > 1", 1, "`ratio`", "it in `shows` only"),
    ("if yes then p_mw else 1 h", 23, "h beside MW in `else`", "MW"),
    ("max(p_mw, q_mw where yes) > 0 MW", 1, "`where` inside `max`", "it in aggregates only"),
    ("yes and", 7, "the end of the formula", "a value or operator"),
    ("Yes", 1, "`Yes`", "an operator, or a name in lower case"),
    ("p_mw > 5 Mw", 10, "`Mw`", "an operator, or a name in lower case"),
    ("p_mw > 5 hand yes", 10, "`hand`", "an operator, or a name in lower case"),
    ("word = \"up\"", 8, "`\"`", "an operator, or a name in lower case"),
    ("e_eur * number * part > 0 EUR", 1, "a result of up to 46 digits", "at most 38"),
    ("max(count_of * count_of * number, part) > 0", 1, "a result of up to 39 digits", "at most 38"),
    (f"number < {'9' * 39}", 10, "a result of up to 39 digits", "at most 38"),
])
def test_what_is_refused_says_where_and_why(text: str, column: int, found: str,
                                            expected: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        well_typed_condition(text)
    error = raised.value
    assert found in error.found
    assert error.expected == expected
    assert error.column == column


def well_typed_condition(text: str) -> Type:
    """The type of a formula that must be a condition."""
    return require(parse(text), scope(), "truth")


def test_the_missing_hours_of_a_price_are_named() -> None:
    assert unit_name(well_typed("p_mw * r_eur_mwh").unit) == "EUR^1 x h^-1"
    assert unit_name(well_typed("p_mw * r_eur_mwh * length").unit) == "EUR"


def test_names_come_with_their_near_miss() -> None:
    for text, near in (("p_mv > 0 MW", "p_mw"), ("known_mv > 0 MW", "known_mw"),
                       ("mix(p_mw, q_mw) > 0 MW", "min"), ("x.wort = 'a'", "x.word")):
        with pytest.raises(ExpressionError) as raised:
            well_typed(text)
        assert raised.value.fix == f"Did you mean `{near}`?"


@pytest.mark.parametrize(("text", "found"), [
    ("yes or " * 300 + "yes", "a formula of 2103 characters"),
    ("(" * 41 + "yes" + ")" * 41, "parentheses nested too deep"),
    ("(" * 900 + "yes" + ")" * 900, "parentheses nested too deep"),
    ("yes or " * 150 + "yes", "a formula of more than 100 levels"),
    ("not " * 101 + "yes", "a formula of more than 100 levels"),
    ("-" * 300 + "p_mw", "too many signs or negations"),
    ("if yes then no else " * 99 + "no", "a formula of more than 100 levels"),
])
def test_what_is_too_long_or_too_deep_is_refused(text: str, found: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text)
    assert found in raised.value.found


def test_a_percentage_is_exact_whatever_its_digits() -> None:
    digits = "1234567890123456789012345678901234.5"
    node: Any = parse(f"{digits} %")
    assert str(node.value) == "12345678901234567890123456789012.345"
    assert len(node.value.as_tuple().digits) < MAX_DIGITS


def test_the_longest_formulas_still_run_in_both() -> None:
    texts = ["yes and " * 98 + "yes", "(" * 40 + "yes" + ")" * 40, "not " * 98 + "yes",
             "if yes then no else " * 40 + "no"]
    assert by_engine(texts, [row(yes=True, no=False)]) == [[True, True, True, False]]
    assert by_python(texts, [row(yes=True, no=False)]) == [[True, True, True, False]]
    assert all(name in KINDS for name in ALWAYS)
