"""Deadlines as sentences: every clause is read, and whatever is no clause is named at its place."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from czca_rules.rulebook.moments import SPECIAL
from czca_rules.rulebook.pivoting import MOMENTS
from czca_rules.rulebook.sentences import Clause, Deadline, read_sentence
from czca_rules.rulebook.syntax import ExpressionError

LETTERS = {"hour": "H", "day": "D", "week": "W", "month": "M", "year": "Y"}
#: Where the clause after `bsps_notified ` begins.
AT = 15
FORMS = "a clause such as `no later than 1 hour after EVENT`"


def one(text: str) -> Clause:
    """The only clause of a sentence about `bsps_notified`."""
    found = read_sentence(f"bsps_notified {text}")
    assert found.event == "bsps_notified"
    (clause,) = found.clauses
    return clause


def refused(text: str) -> ExpressionError:
    """Why a sentence is refused."""
    with pytest.raises(ExpressionError) as caught:
        read_sentence(text)
    return caught.value


@pytest.mark.parametrize(("text", "wanted"), [
    ("no later than 1 hour after a", Clause("after_event", AT, "a", period="PT1H", hours=1)),
    ("at most 24 hours after a", Clause("after_event", AT, "a", period="PT24H", hours=24)),
    ("no later than 1 day after a", Clause("after_event", AT, "a", period="P1D")),
    ("at most 1 week after the use", Clause("after_event", AT, "the use", period="P1W")),
    ("at most 12 months after a", Clause("after_event", AT, "a", period="P12M")),
    ("no later than 2 years after a", Clause("after_event", AT, "a", period="P2Y")),
    ("at most 9999 days after a", Clause("after_event", AT, "a", period="P9999D")),
    ("at least 6 hours before the first use",
     Clause("before_event", AT, "the first use", period="PT6H", hours=6)),
    ("at least 3 months before a", Clause("before_event", AT, "a", period="P3M")),
    ("at least 30 days before the week ahead",
     Clause("before_event", AT, "the week ahead", period="P30D")),
    ("at least every 12 months", Clause("every", AT, period="P12M")),
    ("at least every 1 year", Clause("every", AT, period="P1Y")),
    ("before a", Clause("order", AT, "a", order="before")),
    ("after a", Clause("order", AT, "a", order="after")),
    ("not before the week ahead", Clause("order", AT, "the week ahead", order="not before")),
    ("not after a_b", Clause("order", AT, "a_b", order="not after")),
    ("before a of the day before delivery",
     Clause("order", AT, "a", day_before=True, order="before")),
    ("no later than 1 hour after a of the day before delivery",
     Clause("after_event", AT, "a", day_before=True, period="PT1H", hours=1)),
    ("together with a", Clause("together", AT, "a")),
    ("together with a within tolerance_2_h",
     Clause("together", AT, "a", tolerance="tolerance_2_h")),
    ("together with a of the day before delivery within t",
     Clause("together", AT, "a", day_before=True, tolerance="t")),
    ("equal among TSOs", Clause("equal", AT)),
    ("equal among TSOs and directions", Clause("equal", AT, directions=True)),
])
def test_every_form_of_a_clause(text: str, wanted: Clause) -> None:
    assert one(text) == wanted


def test_clauses_are_joined_by_and() -> None:
    found = read_sentence("bid_gate_closed not before the week ahead and before capacity_calculated"
                          " and at least 2 hours before bids_selected")
    assert found == Deadline("bid_gate_closed", (
        Clause("order", 17, "the week ahead", order="not before"),
        Clause("order", 47, "capacity_calculated", order="before"),
        Clause("before_event", 78, "bids_selected", period="PT2H", hours=2)))


def test_among_directions_is_not_the_beginning_of_another_clause() -> None:
    (first, second) = read_sentence("a equal among TSOs and before b").clauses
    assert (first.directions, second.kind) == (False, "order")
    assert len(read_sentence("a equal among TSOs and directions and before b").clauses) == 2


def test_lines_and_spaces_do_not_matter() -> None:
    plain = read_sentence("a before b and after c")
    assert read_sentence(" a  before\n  b\tand after\nc ") == plain


@pytest.mark.parametrize(("text", "column", "found", "expected"), [
    ("", 1, "``", "the name of an event"),
    ("The_use before a", 1, "`The_use before a`", "the name of an event"),
    ("1 hour after a", 1, "`1 hour after a`", "the name of an event"),
    ("bsps_notified", 13, "the end of the sentence", FORMS),
    ("bsps_notified soon", 15, "`soon`", FORMS),
    ("bsps_notified 1 hour after a", 15, "`1 hour after a`", FORMS),
    ("bsps_notified no later than an hour after a", 15, "`no later than an hour after a`", FORMS),
    ("bsps_notified no later than 0 hours after a", 15, "`no later than 0 hours after a`", FORMS),
    ("bsps_notified no later than 01 hours after a", 15, "`no later than 01 hours after a`", FORMS),
    ("bsps_notified at most 1.5 hours after a", 15, "`at most 1.5 hours after a`", FORMS),
    ("bsps_notified at most 10000 hours after a", 15, "`at most 10000 hours after a`", FORMS),
    ("bsps_notified at most 5 minutes after a", 15, "`at most 5 minutes after a`", FORMS),
    ("bsps_notified at least 1 hour after a", 15, "`at least 1 hour after a`", FORMS),
    ("bsps_notified no later than 1 hour before a", 15, "`no later than 1 hour before a`", FORMS),
    ("bsps_notified at least every month", 15, "`at least every month`", FORMS),
    ("bsps_notified before", 15, "`before`", FORMS),
    ("bsps_notified before A", 15, "`before A`", FORMS),
    ("bsps_notified equal among tsos", 15, "`equal among tsos`", FORMS),
    ("bsps_notified beforehand", 15, "`beforehand`", FORMS),
    ("bsps_notified, before a", 14, "`, before a`", "`and` with another clause, or the end"),
    ("bsps_notified before a or before b", 24, "`or before b`",
     "`and` with another clause, or the end"),
    ("bsps_notified before a before b", 24, "`before b`", "`and` with another clause, or the end"),
    ("bsps_notified before the using", 26, "`using`", "`and` with another clause, or the end"),
    ("bsps_notified before a within t", 24, "`within t`", "`and` with another clause, or the end"),
    ("bsps_notified before a of the day", 24, "`of the day`",
     "`and` with another clause, or the end"),
    ("bsps_notified before a2", 23, "`2`", "`and` with another clause, or the end"),
    ("bsps_notified together with a within T_H", 31, "`within T_H`",
     "`and` with another clause, or the end"),
    ("bsps_notified before a and soon", 28, "`soon`", FORMS),
    ("bsps_notified before a and", 26, "the end of the sentence", FORMS),
    ("bsps_notified before a and and before b", 28, "`and before b`", FORMS),
    ("bsps_notified before a; drop table events", 23, "`; drop table events`",
     "`and` with another clause, or the end"),
])
def test_what_is_no_clause_is_named_at_its_place(text: str, column: int, found: str,
                                                 expected: str) -> None:
    error = refused(text)
    assert error.found == found
    assert error.expected.startswith(expected)
    assert error.column == column
    # what was found begins where the column says, which is what an editor jumps to
    assert found.startswith("the end") or text[column - 1:].startswith(found.strip("`"))


def test_long_sentences_are_cut_in_what_is_said_of_them() -> None:
    error = refused("bsps_notified " + "x" * 5_000)
    assert len(error.found) < 40
    assert len(refused("X" * 5_000).found) < 40
    assert len(refused("a before b " + "x" * 5_000).found) < 40


EVENTS = st.sampled_from([*MOMENTS["daily"], *MOMENTS["application"]])
NUMBERS, UNITS = st.integers(1, 9999), st.sampled_from(sorted(LETTERS))
Parts = tuple[str, Clause]


def _period(number: int, unit: str) -> tuple[str, str, int]:
    letters = f"P{'T' if unit == 'hour' else ''}{number}{LETTERS[unit]}"
    return f"{number} {unit}{'s' if number > 1 else ''}", letters, number * (unit == "hour")


@st.composite
def clauses(draw: st.DrawFn) -> Parts:
    """The text of a clause and what it says, from the same parts."""
    words, period, hours = _period(draw(NUMBERS), draw(UNITS))
    moment = draw(EVENTS | st.sampled_from(sorted(SPECIAL)))
    day_before = draw(st.booleans())
    place = f"{moment} of the day before delivery" if day_before else moment
    kind = draw(st.sampled_from(("after_event", "before_event", "every", "order", "together",
                                 "equal")))
    if kind == "after_event":
        begins = draw(st.sampled_from(("no later than", "at most")))
        return f"{begins} {words} after {place}", Clause(
            "after_event", 0, moment, day_before, period, hours)
    if kind == "before_event":
        return f"at least {words} before {place}", Clause(
            "before_event", 0, moment, day_before, period, hours)
    if kind == "every":
        return f"at least every {words}", Clause("every", 0, period=period, hours=hours)
    if kind == "order":
        order = draw(st.sampled_from(("before", "not before", "after", "not after")))
        return f"{order} {place}", Clause("order", 0, moment, day_before, order=order)
    if kind == "together":
        name = draw(st.none() | st.sampled_from(("tolerance_h", "x", "a1")))
        return f"together with {place}{f' within {name}' if name else ''}", Clause(
            "together", 0, moment, day_before, tolerance=name)
    directions = draw(st.booleans())
    return f"equal among TSOs{' and directions' if directions else ''}", Clause(
        "equal", 0, directions=directions)


def sentence(event: str, parts: list[Parts]) -> tuple[str, Deadline]:
    """A sentence of clauses, and what it says with the place of each."""
    text, placed = event, []
    for number, (words, clause) in enumerate(parts):
        text += " and " if number else " "
        placed.append(replace(clause, at=len(text) + 1))
        text += words
    return text, Deadline(event, tuple(placed))


@given(EVENTS, st.lists(clauses(), min_size=1, max_size=4))
def test_a_sentence_built_from_parts_reads_back_to_them(event: str, parts: list[Parts]) -> None:
    text, wanted = sentence(event, parts)
    found = read_sentence(text)
    assert found == wanted
    assert all(one.at < other.at for one, other in pairwise(found.clauses))


@given(EVENTS, st.lists(clauses(), min_size=1, max_size=3), st.data())
def test_a_sentence_with_a_wrong_word_is_never_read_as_another(
        event: str, parts: list[Parts], data: st.DataObject) -> None:
    """A word that the language lacks is refused wherever it stands, at or before its place."""
    words = sentence(event, parts)[0].split(" ")
    place = data.draw(st.integers(0, len(words)))
    words.insert(place, "Sometimes")
    error = refused(" ".join(words))
    assert 1 <= error.column <= len(" ".join(words[:place])) + 2


@given(st.text(alphabet="abehnotTSO _.12'{}\n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        clauses, column = read_sentence(text).clauses, 1
    except ExpressionError as error:
        clauses, column = (), error.column
    assert 1 <= column <= max(len(" ".join(text.split())), 1)
    assert clauses == () or all(clause.at > 1 for clause in clauses)
