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
    AS_OF,
    DAY,
    KINDS,
    by_engine,
    by_python,
    extremes,
    groups_by_engine,
    groups_by_python,
    row,
    table_rows,
    well_typed,
)
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from czca_rules.rulebook.evaluate import kleene_and, kleene_or
from czca_rules.rulebook.formula_text import written
from czca_rules.rulebook.parsing import parse
from czca_rules.rulebook.syntax import ExpressionError

TRIES = settings(max_examples=int(os.environ.get("CZCA_TRIES", "30")), deadline=None,
                 phases=[Phase.generate], derandomize=True, database=None,
                 suppress_health_check=list(HealthCheck))
THREE = (True, False, None)


def known(texts: list[str], aggregates: bool = False) -> list[str]:
    """The formulas whose exact results fit; the others are refused, not rounded."""
    refusals = [refusal(text, aggregates) for text in texts]
    assert all("digits" in found for found in refusals if found)
    kept = [text for text, found in zip(texts, refusals, strict=True) if not found]
    assume(kept)
    return kept


def refusal(text: str, aggregates: bool) -> str:
    """Why a formula is refused; nothing if it is well typed."""
    try:
        well_typed(text, aggregates)
    except ExpressionError as error:
        return error.found
    return ""


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


@pytest.mark.parametrize(("listed", "held"), [
    ("up", True), ("up;down", True), ("down;up", True), ("down;up;it", True), (" up ", True),
    ("down ; up", True), ("up;", True), (";up", True), (";;up;;", True), ("u p", True),
    ("down", False), ("", False), (";", False), (" ", False), ("upper", False), ("ups;sup", False),
    ("not_up", False), ("up_not;not_up", False), ("UP", False), ("up,down", False),
    ("up down", False), ("up\tdown", False), ("ü;p", False), (None, None)])
def test_a_list_has_a_word_or_not(listed: str | None, held: bool | None) -> None:
    assert agreed("word has 'up'", word=listed) is held
    assert agreed("not word has 'up'", word=listed) is (None if held is None else not held)
    for truth in THREE:
        assert agreed("word has 'up' or yes", word=listed, yes=truth) is kleene_or(held, truth)
        assert agreed("yes and word has 'up'", word=listed, yes=truth) is kleene_and(truth, held)


@pytest.mark.parametrize(("text", "listed", "held"), [
    ("word has 'offered_prices'", "not_offered_prices", False),
    ("word has 'offered_prices'", "offered_prices_not", False),
    ("word has 'offered_prices'", "not_offered_prices;offered_prices", True),
    ("word has 'BSPs'", "BRPs; BSPs", True), ("word has 'BSPs'", "BSPs_of_A", False),
    ("word has 'it'", "it's", False), ("word has '%'", "up", False), ("word has '_p'", "up", False),
    ("word has '.*'", "up", False), ("word has '\\'", "a;\\", True), ("word has 'ü'", "a;ü", True),
    ("(if yes then word else zone) has 'up'", "up", None),
    ("first_given(word, 'down') has 'up'", None, False), ("'up;down' has 'up'", None, True),
    ("word is given and word has 'up'", None, False),
])
def test_words_of_a_list_are_whole_words(text: str, listed: str | None, held: bool | None) -> None:
    assert agreed(text, word=listed) is held


def test_a_list_of_a_row_handed_in_wrong_has_nobody_knows_what() -> None:
    assert agreed("x.word has 'up'", **{"x._bad": True}) is None
    assert agreed("word has 'up'", _bad=True) is None


@pytest.mark.parametrize(("at", "begins"), [
    (datetime(2026, 3, 10, 9), datetime(2026, 3, 10, 9)),
    (datetime(2026, 3, 10, 9, 0, 0, 1), datetime(2026, 3, 10, 9)),
    (datetime(2026, 3, 10, 9, 59, 59, 999_999), datetime(2026, 3, 10, 9)),
    (datetime(2026, 3, 10), datetime(2026, 3, 10)),
    (datetime(2026, 3, 29, 1, 30), datetime(2026, 3, 29, 1)),
    (datetime(2024, 2, 29, 23, 59), datetime(2024, 2, 29, 23)),
    (datetime(1970, 1, 1), datetime(1970, 1, 1)),
    (datetime(1969, 12, 31, 23, 59, 59, 999_999), datetime(1969, 12, 31, 23)),
    (datetime(1969, 12, 31, 23), datetime(1969, 12, 31, 23)),
    (datetime(1960, 6, 1, 0, 0, 0, 1), datetime(1960, 6, 1)),
    (datetime(1900, 1, 1, 12, 30), datetime(1900, 1, 1, 12)),
    (None, None)])
def test_the_hour_in_which_a_moment_lies(at: datetime | None, begins: datetime | None) -> None:
    assert agreed("hour_start(at)", at=at) == begins
    assert agreed("hour_start(hour_start(at)) = hour_start(at)", at=at) is (
        None if at is None else True)
    assert agreed("hour_start(at) <= at and at < hour_start(at) + 1 h", at=at) is (
        None if at is None else True)


@pytest.mark.parametrize(("text", "cells", "wanted"), [
    ("hour_start(at + length)", {"at": AS_OF, "length": "0.5"}, datetime(2026, 3, 10, 9)),
    ("hour_start(at - length)", {"at": datetime(2026, 3, 10), "length": "0.01"},
     datetime(2026, 3, 9, 23)),
    ("hour_start(at) + length", {"at": AS_OF, "length": "0.5"}, datetime(2026, 3, 10, 8, 30)),
    ("hour_start(at + length)", {"at": AS_OF}, None),
    ("hour_start(submission.as_of)", {}, datetime(2026, 3, 10, 8)),
    ("if yes then hour_start(at) else unknown", {"yes": False, "at": AS_OF}, None),
    ("max(hour_start(at), at - 1 h)", {"at": AS_OF}, datetime(2026, 3, 10, 8)),
    ("hour_start(at) = hour_start(until)", {"at": AS_OF, "until": datetime(2026, 3, 10, 8)}, True),
])
def test_hours_of_shifted_moments(text: str, cells: dict[str, Any], wanted: Any) -> None:
    assert agreed(text, **cells) == wanted


@pytest.mark.parametrize(("listed", "word", "held"), [
    ("TA;TB", "TB", True), ("TA; TB", "TB", True), ("TA;TB", "T", False), ("T A;TB", "T A", True),
    ("TA", "TA;TB", False), (None, "TA", None), ("TA", None, None), (None, None, None)])
def test_a_list_may_name_the_word_of_a_column(listed: str | None, word: str | None,
                                              held: bool | None) -> None:
    assert agreed("word has zone", word=listed, zone=word) is held


@pytest.mark.parametrize("text", [
    "p_mw has 'up'", "word has 5", "word has up", "word has p_mw", "word has", "yes has 'up'",
    "at has 'up'", "day has 'up'", "word has ('up', 'down')", "word has 'up' has 'down'",
    "hour_start(day)", "hour_start(p_mw)", "hour_start(length)", "hour_start(word)",
    "hour_start()", "hour_start(at, until)", "hour_start(at where yes)", "hour_start at",
    "hour_start(yes)", "hour_start(at) + p_mw > at"])
def test_lists_are_of_text_and_hours_of_moments(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        well_typed(text)
    assert 1 <= caught.value.column <= len(text) + 1


@pytest.mark.parametrize("text", [
    "word has 'up' and yes", "word has zone", "not word has 'up'",
    "(if yes then word else zone) has 'up'",
    "hour_start(at) + 1 h <= until", "hour_start(max(at, until - 1 h)) = at"])
def test_lists_and_hours_are_written_as_they_are_read(text: str) -> None:
    assert written(parse(text)) == text


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
