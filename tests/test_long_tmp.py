"""The expression language: its SQL against plain Python, its limits, and what it refuses."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from drawn_formulas import aggregates, formulas
from formula_tables import (
    ALWAYS,
    AS_OF,
    DAY,
    KINDS,
    MARKS,
    by_engine,
    by_python,
    extremes,
    groups_by_engine,
    groups_by_python,
    scope,
    table_rows,
    well_typed,
)
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from czca_rules.rulebook.syntax import ExpressionError, parse
from czca_rules.rulebook.typecheck import require
from czca_rules.rulebook.units import MAX_DIGITS, Type, unit_name

TRIES = settings(max_examples=int(os.environ.get("CZCA_TRIES", "30")), deadline=None, phases=[Phase.generate], derandomize=False, database=None,
                 suppress_health_check=list(HealthCheck))
THREE = (True, False, None)


def row(**cells: Any) -> dict[str, Any]:
    """A row of unknowns, some cells set; numbers are decimals."""
    empty: dict[str, Any] = dict.fromkeys(KINDS) | dict.fromkeys(MARKS, False)
    empty |= {"_group": 1, "sure_mw": Decimal(7)}
    return empty | {name: Decimal(value) if isinstance(value, int | str)
                    and not isinstance(value, bool) and KINDS.get(name) not in ("text", None)
                    else value for name, value in cells.items()}


def known(texts: list[str], aggregates: bool = False) -> list[str]:
    """The formulas whose exact results fit; the others are refused, not rounded."""
    kept = []
    for text in texts:
        try:
            well_typed(text, aggregates)
        except ExpressionError as error:
            assert "digits" in error.found, (text, error)
        else:
            kept.append(text)
    assume(kept)
    return kept


@TRIES
@given(st.lists(formulas(), min_size=6, max_size=6), st.lists(table_rows(), min_size=6, max_size=9))
def test_sql_and_python_agree_on_any_formula(texts: list[str], rows: list[dict[str, Any]]) -> None:
    kept = known(texts)
    found, wanted = by_engine(kept, rows), by_python(kept, rows)
    for text, mine, other in zip(kept, zip(*found, strict=True), zip(*wanted, strict=True),
                                 strict=True):
        assert mine == other, text


@TRIES
@given(st.lists(aggregates(), min_size=6, max_size=6),
       st.lists(table_rows(), min_size=4, max_size=12))
def test_sql_and_python_agree_on_any_aggregate(texts: list[str],
                                               rows: list[dict[str, Any]]) -> None:
    kept = known(texts, aggregates=True)
    found, wanted = groups_by_engine(kept, rows), groups_by_python(kept, rows)
    for text, mine, other in zip(kept, zip(*found, strict=True), zip(*wanted, strict=True),
                                 strict=True):
        assert mine == other, text


def agreed(text: str, **cells: Any) -> Any:
    """The value of a formula for one row, on which both must agree."""
    ((mine,),), ((other,),) = by_engine([text], [row(**cells)]), by_python([text], [row(**cells)])
    assert mine == other
    return mine


LOGIC: dict[str, Callable[[int, int], int]] = {"and": min, "or": max}


def test_logic_is_kleenes() -> None:
    """False, unknown and true as 0, 1 and 2: `and` is the lesser, `or` the greater of two."""
    rank = {False: 0, None: 1, True: 2}
    rows = [row(yes=one, no=other) for one, other in product(THREE, THREE)]
    texts = ["yes and no", "yes or no", "not yes", "if yes then no else (not no)"]
    found = by_engine(texts, rows)
    assert found == by_python(texts, rows)
    for (one, other), values in zip(product(THREE, THREE), found, strict=True):
        assert [rank[value] for value in values[:3]] == [
            min(rank[one], rank[other]), max(rank[one], rank[other]), 2 - rank[one]]
        branch = {True: other, False: None if other is None else not other, None: None}[one]
        assert values[3] is branch


@pytest.mark.parametrize(("text", "cells", "wanted"), [
    ("max(p_mw, 0 MW)", {"p_mw": None}, None),
    ("max(p_mw, 0 MW)", {"p_mw": -3}, 0),
    ("min(p_mw, q_mw, sure_mw)", {"p_mw": 5, "q_mw": 9}, 5),
    ("min(p_mw, q_mw, sure_mw)", {"p_mw": 5}, None),
    ("abs(p_mw - q_mw)", {"p_mw": 5, "q_mw": 9}, 4),
    ("first_given(p_mw, q_mw)", {"q_mw": 9}, 9),
    ("first_given(p_mw, q_mw)", {}, None),
    ("first_given(p_mw, sure_mw)", {"_bad": True}, None),
    ("first_given(x.mw, known_mw)", {"_bad": True}, Decimal("12.5")),
    ("first_given(x.mw, known_mw)", {"x._bad": True}, None),
    ("p_mw is given", {"p_mw": 0}, True),
    ("p_mw is given", {}, False),
    ("p_mw is given", {"_bad": True}, None),
    ("p_mw is not given", {"_bad": True}, None),
    ("x.mw is not given", {"_bad": True}, True),
    ("x.mw is not given", {"x._bad": True}, None),
    ("known_mw is given", {"_bad": True}, True),
    ("late_mw is given", {"_bad": True}, False),
    ("p_mw <= late_mw", {"p_mw": 0}, None),
    ("word in ('up', 'it')", {"word": "up"}, True),
    ("word in ('up', 'it')", {"word": ""}, False),
    ("word in ('up', 'it')", {}, None),
    ("word = ''", {"word": ""}, True),
    ("p_mw <= q_mw within 1 MW", {"p_mw": 11, "q_mw": 10}, True),
    ("p_mw < q_mw within 1 MW", {"p_mw": 11, "q_mw": 10}, False),
    ("p_mw = q_mw within 1 MW", {"p_mw": 9, "q_mw": 10}, True),
    ("p_mw >= q_mw within 1 MW", {"p_mw": 9, "q_mw": 10}, True),
    ("p_mw > q_mw within 1 MW", {"p_mw": 9, "q_mw": 10}, False),
    ("p_mw = q_mw within late_mw", {"p_mw": 9, "q_mw": 9}, None),
    ("if yes then p_mw else unknown", {"yes": True, "p_mw": 5}, 5),
    ("if yes then p_mw else unknown", {"yes": False, "p_mw": 5}, None),
    ("if yes then unknown else p_mw", {"p_mw": 5}, None),
    ("at + 0.25 h", {"at": AS_OF}, datetime(2026, 3, 10, 8, 55)),
    ("at - length", {"at": AS_OF, "length": "0.01"}, datetime(2026, 3, 10, 8, 39, 24)),
    ("at + length", {"at": AS_OF}, None),
    ("10 % * p_mw", {"p_mw": "0.001"}, Decimal("0.0001")),
    ("-p_mw * -1", {"p_mw": "5"}, 5),
    ("--p_mw", {"p_mw": "5"}, 5),
    ("p_mw - -q_mw", {"p_mw": "5", "q_mw": "2"}, 7),
    ("day = day", {"day": DAY}, True),
])
def test_each_node_has_its_value(text: str, cells: dict[str, Any], wanted: Any) -> None:
    assert agreed(text, **cells) == wanted


@pytest.mark.parametrize(("text", "empty", "wanted"), [
    ("sum(p_mw where yes)", 0, 5), ("count(where yes)", 0, 1), ("highest(p_mw where yes)", None, 5),
    ("lowest(p_mw where yes)", None, 5), ("only(p_mw where yes)", None, 5),
    ("any(p_mw > 0 MW where yes)", False, True), ("every(p_mw > 9 MW where yes)", True, False),
    ("sum(p_mw)", 7, 7), ("count()", 2, 2), ("only(p_mw)", None, None), ("highest(p_mw)", 5, 5),
    ("any(p_mw > 4 MW)", True, True), ("every(p_mw > 1 MW)", True, True),
])
def test_aggregates_of_groups_and_of_nothing(text: str, empty: Any, wanted: Any) -> None:
    rows = [row(p_mw=5, yes=False), row(p_mw=2, yes=False),
            row(p_mw=5, yes=True, _group=2), row(p_mw=2, yes=False, _group=2)]
    found = groups_by_engine([text], rows)
    assert found == groups_by_python([text], rows) == [[empty], [wanted]]


@pytest.mark.parametrize("text", ["sum(p_mw)", "highest(p_mw)", "lowest(p_mw)", "only(p_mw)",
                                  "sum(sure_mw where yes)", "count(where yes)",
                                  "count(where p_mw > 0 MW)"])
def test_one_unknown_makes_a_gathered_value_unknown(text: str) -> None:
    rows = [row(p_mw=5, yes=True), row(p_mw=None, yes=None)]
    assert groups_by_engine([text], rows) == groups_by_python([text], rows) == [[None]]


def test_what_one_row_decides_is_known_in_spite_of_unknown_rows() -> None:
    rows = [row(p_mw=5), row()]
    texts = ["any(p_mw > 4 MW)", "any(p_mw > 9 MW)", "every(p_mw > 9 MW)", "every(p_mw > 4 MW)"]
    wanted = [[True, None, False, None]]
    assert groups_by_engine(texts, rows) == groups_by_python(texts, rows) == wanted


def test_rows_handed_in_wrong_are_not_counted() -> None:
    rows = [row(p_mw=5), row(_bad=True)]
    texts = ["count()", "count(where sure_mw > 0 MW)", "sum(sure_mw)"]
    assert groups_by_engine(texts, rows) == groups_by_python(texts, rows) == [[None, None, 14]]


PRODUCTS = ["p_mw * q_mw", "part * p_mw", "r_eur_mwh * p_mw", "r_eur_mwh * p_mw * length",
            "e_eur * part", "number * number", "part * number", "count_of * count_of",
            "part * r_eur_mwh * length", "(p_mw + q_mw) * (length + length)", "e_eur * number",
            "part * part * r_eur_mwh", "max(e_eur * part, e_eur)", "number - part", "e_eur + e_eur"]


@pytest.mark.parametrize("text", PRODUCTS)
def test_extremes_of_the_declared_digits_stay_exact(text: str) -> None:
    names = [name for name in ("p_mw", "q_mw", "part", "r_eur_mwh", "e_eur", "number", "count_of",
                               "length") if name in text]
    cells = [dict(zip(names, values, strict=True))
             for values in product(*(extremes(KINDS[name]) for name in names))]
    rows = [row(**item) for item in cells]
    compared = f"{text} <= {text}"
    found = by_engine([text, compared], rows)
    assert found == by_python([text, compared], rows)
    assert all(value is not None and holds is True for value, holds in found)
    kind = well_typed(text)
    assert all(abs(value) < Decimal(10) ** (kind.digits - kind.scale) for value, _ in found)


def test_sums_of_extremes_stay_exact() -> None:
    most = extremes("eur")[0]
    rows = [row(e_eur=most, part=extremes("share")[0]) for _ in range(1000)]
    texts = ["sum(e_eur)", "sum(e_eur * part)"]
    assert groups_by_engine(texts, rows) == groups_by_python(texts, rows)


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
