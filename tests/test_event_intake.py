"""Wrong rows of events are named, keep what could be read, and leave the rest to be judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from event_submissions import EVENTS, HEAD, folder_of, manifest
from submission_folders import loader, parquet, places, write

from czca_rules.api import check
from czca_rules.tables.submission import Submission

GOOD = """\
n1,bsps_notified,2026-03-10T10:00:00+01:00,IPTO,2026-03-11
n2,bsps_notified,2026-03-10T10:00:00+01:00,TERNA,2026-03-11
p1,volumes_and_prices_published,2026-03-10T10:40:00+01:00,IPTO,2026-03-11
"""
LAST = "p2,volumes_and_prices_published,2026-03-10T10:50:00+01:00,TERNA,2026-03-11\n"


@pytest.fixture
def load() -> Iterator[Any]:
    yield from loader()


def judged(submission: Submission | Path, rule: str = "GI-17.2") -> dict[str, int]:
    """Rows of a rule by outcome, those of no outcome left out."""
    outcome, = check(submission, select=[rule]).outcomes
    return {name: count for name, count in outcome.judged.model_dump().items() if count}


def cells(submission: Submission, columns: str) -> list[Any]:
    return submission.engine.query(f"SELECT {columns} FROM t_events ORDER BY _file, _line")


def test_sound_events_leave_no_problem(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(tmp_path, GOOD + LAST))
    assert found.problems == ()
    assert judged(found) == {"passed": 2}


@pytest.mark.parametrize(("line", "column", "kind"), [
    (LAST.replace("+01:00", ""), "at", "without_offset"),
    (LAST.replace("2026-03-10T10:50:00+01:00", ""), "at", "empty_cell"),
    (LAST.replace("volumes_and", "volume_and"), "event", "unknown_word"),
    (LAST.replace("2026-03-11", "11.03.2026"), "market_day", "not_a_date"),
    (LAST.replace("2026-03-11", ""), "market_day", "no_market_day"),
    (LAST.replace("p2", ""), "event_id", "empty_cell"),
    (LAST.replace("03-10T", "05-10T"), "at", "after_as_of")])
def test_a_wrong_row_leaves_the_other_tso_judged(tmp_path: Path, load: Any, line: str,
                                                 column: str, kind: str) -> None:
    found = load(folder_of(tmp_path, GOOD + line))
    assert places(found) == [(EVENTS, 5, column, kind)]
    assert found.problem_counts == {(EVENTS, kind): 1}
    assert [row[0] for row in cells(found, "_bad")] == [False, False, False, True]
    assert judged(found) == {"passed": 1, "not_assessable": 1}


def test_a_wrong_row_keeps_what_could_be_read(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(
        tmp_path, "a,bsps_notifed,10:00,IPTO,2026-03-11,GR/TI,aFRR,up,TERNA\n",
        f"{HEAD},border,product,direction,recipients"))
    assert places(found) == [(EVENTS, 2, "at", "not_a_time"), (EVENTS, 2, "border",
                             "unknown_border"), (EVENTS, 2, "event", "unknown_word")]
    assert found.problems[2].fix == "Did you mean `bsps_notified`?"
    assert cells(found, "event_id, event, \"at\", actor, CAST(market_day AS VARCHAR), border, "
                 "product, direction, recipients, _bad, _line") == [
        ("a", None, None, "IPTO", "2026-03-11", None, "aFRR", "up", "TERNA", True, 2)]


def test_a_wrong_document_keeps_what_could_be_read(tmp_path: Path, load: Any) -> None:
    folder = folder_of(tmp_path, GOOD)
    write(folder, {"documents.csv": "document,reference,dated,covers\n"
                   "common_rules,A,2026-3-1,volume\ntechnical_document,,2026-03-01,process\n"},
          (folder / "submission.yaml").read_text())
    found = load(folder)
    assert places(found) == [("documents.csv", 2, "dated", "not_a_date"),
                             ("documents.csv", 3, "reference", "empty_cell")]
    assert found.tables["documents"].status == "ready"
    assert found.engine.query("SELECT document, reference, dated, covers, _bad FROM t_documents "
                              "ORDER BY _line") == [
        ("common_rules", "A", None, "volume", True),
        ("technical_document", None, found.engine.query("SELECT DATE '2026-03-01'")[0][0],
         "process", True)]


def test_an_unknown_kind_of_document_makes_the_table_unreadable(tmp_path: Path,
                                                                load: Any) -> None:
    folder = folder_of(tmp_path, GOOD)
    found = load(write(folder, {"documents.csv": "document,reference\ncommon_rule,A\n"},
                       (folder / "submission.yaml").read_text()))
    assert found.tables["documents"].status == "unreadable"


def test_a_name_used_twice_marks_both_rows(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(tmp_path, GOOD + LAST.replace("p2", "n2")))
    assert places(found) == [(EVENTS, 5, "event_id", "duplicate_key")]
    assert f"{EVENTS}:3" in found.problems[0].found
    assert cells(found, "event_id, event, _bad") == [
        ("n1", "bsps_notified", False), (None, "bsps_notified", True),
        ("p1", "volumes_and_prices_published", False),
        (None, "volumes_and_prices_published", True)]
    assert judged(found) == {"passed": 1, "not_assessable": 1}


def test_rows_without_a_name_are_no_duplicates(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(tmp_path, GOOD.replace("n1", "").replace("n2", "") + LAST))
    assert places(found) == [(EVENTS, line, "event_id", "empty_cell") for line in (2, 3)]


@pytest.mark.parametrize("head", [HEAD, "event_id,event,at,actor"])
def test_a_daily_event_needs_its_market_day(tmp_path: Path, load: Any, head: str) -> None:
    rest = "," if head == HEAD else ""
    found = load(folder_of(
        tmp_path, f"a,bsps_notified,2026-03-10T10:00:00+01:00,IPTO{rest}\n"
        f"b,remark_received,2026-03-10T10:00:00+01:00,IPTO{rest}\n", head))
    assert places(found) == [(EVENTS, 2, "market_day", "no_market_day")]
    assert "an empty cell" in found.problems[0].found
    assert cells(found, "_bad") == [(True,), (False,)]


def test_an_event_of_an_application_may_name_a_day(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(tmp_path, "b,remark_received,2025-03-10T10:00:00+01:00,,2025-03-10\n"))
    assert found.problems == ()
    assert cells(found, "event_id") == [("b",)]


def test_what_happened_after_what_was_known(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(
        tmp_path, "a,bsps_notified,2026-03-10T10:00:00+01:00,IPTO,2026-03-11\n"
        "b,brps_notified,2026-03-10T10:00:01+01:00,IPTO,2026-03-11\n"
        "c,methodology_published,2026-04-10T10:00:00+01:00,,\n"
        "d,sdac_curves_due,2026-03-10T12:10:00+01:00,SDAC,2026-03-11\n",
        as_of="2026-03-10T10:00:00+01:00"))
    assert places(found) == [(EVENTS, line, "at", "after_as_of") for line in (3, 4)]
    assert found.problems[0].found == ("2026-03-10T09:00:01Z, which happened after what was known "
                                       "at 2026-03-10T09:00:00Z")
    assert cells(found, "_bad") == [(False,), (True,), (True,), (False,)]


def test_many_wrong_rows_are_counted_and_the_first_shown(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(tmp_path, "".join(
        f"{number},bsps_notified,2026-05-10T10:00:00+01:00,,2026-03-11\n"
        for number in range(250))))
    assert found.problem_counts == {(EVENTS, "after_as_of"): 250}
    assert [problem.line for problem in found.problems] == list(range(2, 102))


def test_two_times_for_one_event_name_each_other(tmp_path: Path, load: Any) -> None:
    twice = LAST.replace("p2", "p3").replace("10:50", "10:55")
    found = load(folder_of(tmp_path, GOOD + LAST + twice))
    assert places(found) == [(EVENTS, line, "at", "contradicting_events") for line in (5, 6)]
    assert found.problems[0].found == (
        "2026-03-10T09:50:00Z, where events.csv:6 says 2026-03-10T09:55:00Z of the same event")
    assert f"{EVENTS}:5 says 2026-03-10T09:50:00Z" in found.problems[1].found
    assert cells(found, "_bad, event IS NULL")[3:] == [(True, False), (True, False)]
    assert judged(found) == {"passed": 1, "not_assessable": 1}


def test_every_row_of_a_contradiction_is_named(tmp_path: Path, load: Any) -> None:
    line = "{},bsps_notified,2026-03-10T1{}:00:00+01:00,IPTO,2026-03-11\n"
    found = load(folder_of(tmp_path, line.format("a", 0) + line.format("b", 0)
                           + line.format("c", 1) + line.format("d", 2)))
    assert [(item.line, item.found.split()[2]) for item in found.problems] == [
        (2, f"{EVENTS}:4"), (3, f"{EVENTS}:4"), (4, f"{EVENTS}:2"), (5, f"{EVENTS}:2")]


@pytest.mark.parametrize(("other", "head", "rest"), [
    ("b,bsps_notified,2026-03-10T10:00:00+01:00,IPTO,2026-03-11", "", ""),
    ("b,bsps_notified,2026-03-10T11:00:00+01:00,IPTO,2026-03-11,a", ",corrects", ","),
    ("b,bsps_notified,2026-03-10T11:00:00+01:00,TERNA,2026-03-11", "", ""),
    ("b,bsps_notified,2026-03-10T11:00:00+01:00,IPTO,2026-03-11,x", ",detail", ","),
    ("b,bsps_notified,2026-03-10T11:00:00+01:00,IPTO,2026-03-11,x", ",recipients", ","),
    ("b,bsps_notified,2026-03-10T11:00:00+01:00,IPTO,2026-03-11,x", ",document", ",")])
def test_what_is_no_contradiction(tmp_path: Path, load: Any, other: str, head: str,
                                  rest: str) -> None:
    found = load(folder_of(
        tmp_path, f"a,bsps_notified,2026-03-10T10:00:00+01:00,IPTO,2026-03-11{rest}\n{other}\n",
        HEAD + head))
    assert found.problems == ()


@pytest.mark.parametrize("what", ["released", "returned", "curtailed", "holder_announced"])
def test_some_events_may_happen_again(tmp_path: Path, load: Any, what: str) -> None:
    found = load(folder_of(tmp_path, f"a,{what},2026-03-10T10:00:00+01:00,IPTO,2026-03-11\n"
                           f"b,{what},2026-03-10T11:00:00+01:00,IPTO,2026-03-11\n"))
    assert found.problems == ()


def test_days_outside_the_delivery_are_left_out(tmp_path: Path, load: Any) -> None:
    outside = LAST.replace("p2", "{}").replace("2026-03-11", "2026-03-{}")
    found = load(folder_of(tmp_path, GOOD + LAST + outside.format("x", "10")
                           + outside.format("y", "12")))
    assert places(found) == [(EVENTS, line, "market_day", "outside_delivery") for line in (6, 7)]
    assert cells(found, "event_id, _bad") == [("n1", False), ("n2", False), ("p1", False),
                                              ("p2", False)]
    assert judged(found) == {"passed": 2}


def test_rows_from_a_context_folder_may_lie_outside(tmp_path: Path, load: Any) -> None:
    folder = folder_of(tmp_path / "own", GOOD)
    late = "z,bsps_notified,2026-04-10T10:00:00+01:00,IPTO,2026-04-11\n"
    write(tmp_path / "more", {EVENTS: f"{HEAD}\n{LAST}{late}"})
    found = load(folder, [tmp_path / "more"])
    assert found.problems == ()
    assert sorted(cells(found, "event_id")) == [("n1",), ("n2",), ("p1",), ("p2",)]
    assert judged(found) == {"passed": 2}


CORRECTS = f"{HEAD},corrects"


def line(name: str, hour: int, corrects: str = "") -> str:
    return f"{name},bsps_notified,2026-03-10T{hour}:00:00+01:00,IPTO,2026-03-11,{corrects}\n"


def test_a_correction_of_nothing_is_named_and_counts(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(tmp_path, line("evening-1", 10, "evenin-2") + line("evening-2", 10),
                           CORRECTS))
    assert places(found) == [(EVENTS, 2, "corrects", "corrects_nothing")]
    assert found.problems[0].fix == "Did you mean `evening-2`?"
    assert cells(found, "_bad") == [(False,), (False,)]


def test_a_corrected_row_is_not_asked_any_more(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(
        tmp_path, line("a", 10).replace("2026-03-10T", "2027-03-10T")
        + line("b", 11).replace("2026-03-11", "2027-03-11") + line("c", 12)
        + line("d", 13, "a") + line("e", 13, "b") + line("f", 13, "c"), CORRECTS))
    assert found.problems == ()


def test_a_chain_of_corrections_is_no_circle(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(tmp_path, "".join(
        line(str(number), 10 + number, str(number - 1) if number else "")
        for number in range(10)), CORRECTS))
    assert found.problems == ()


@pytest.mark.parametrize(("pairs", "circular"), [
    (["aa"], "a"), (["ab", "ba"], "ab"), (["ab", "bc", "ca"], "abc"),
    (["ab", "ba", "ca", "dc", "e", "fe"], "ab")])
def test_circular_corrections_are_wrong_and_kept(tmp_path: Path, load: Any, pairs: list[str],
                                                 circular: str) -> None:
    found = load(folder_of(tmp_path, "".join(
        line(pair[0], 10, pair[1:]) for pair in pairs), CORRECTS))
    assert places(found) == [(EVENTS, 2 + number, "corrects", "circular_correction")
                             for number in range(len(circular))]
    assert cells(found, "event_id, _bad, corrects IS NULL")[:len(circular)] == [
        (name, True, True) for name in circular]
    assert not any(bad for bad, in cells(found, "_bad")[len(circular):])


def test_a_name_used_twice_can_be_corrected_and_stays_wrong(tmp_path: Path, load: Any) -> None:
    found = load(folder_of(tmp_path, line("a", 10) + line("a", 10) + line("b", 10, "a"), CORRECTS))
    assert places(found) == [(EVENTS, 3, "event_id", "duplicate_key")]
    assert cells(found, "_bad") == [(True,), (True,), (False,)]


@pytest.mark.parametrize(("cell", "found", "fix"), [
    ("2026-03-11T10:20:00", "has no offset",
     "Write 2026-03-11T10:20:00+01:00 if it is market time."),
    ("2026-07-11 10:20", "has no offset", "Write 2026-07-11 10:20+02:00 if it is market time."),
    ("2026-10-25T02:30:00", "occurs twice: +02:00 or +01:00", "2026-10-25T02:30:00+02:00 for"),
    ("2026-03-29T02:30:00", "does not exist in market time", "2026-03-29T02:30:00Z"),
    ("2026-02-30T02:30:00", "has no offset", "Add the offset"),
    ("1773217200", "looks like seconds since 1970: 2026-03-11T08:20:00Z", "with its offset"),
    ("1773217200000", "looks like milliseconds since 1970: 2026-03-11T08:20:00Z", ""),
    ("1773217200000000", "looks like microseconds since 1970: 2026-03-11T08:20:00Z", ""),
    ("46092.43", "looks like an Excel serial number: 2026-03-11T10:19:12, without an offset", ""),
    ("46092", "looks like an Excel serial number: 2026-03-11, without an offset", ""),
    ("2026-03-11", "is a date without a time", "such as 2026-03-11T10:20:00+01:00"),
    ("2026-13-11", "is not a time", ""), ("11.03.2026 10:20", "is not a time", ""),
    ("12345", "is not a time", ""), ("20260311102000", "is not a time", "")])
def test_a_time_that_cannot_be_read_is_explained(tmp_path: Path, load: Any, cell: str,
                                                 found: str, fix: str) -> None:
    problem, = load(folder_of(tmp_path, f"a,bsps_notified,{cell},IPTO,2026-03-11\n")).problems
    assert f"`{cell}`" in problem.found
    assert found in problem.found
    assert fix in problem.fix
    assert problem.expected == "a time with its offset, such as 2026-03-11T00:00:00+01:00"


@pytest.mark.parametrize(("value", "said"), [
    ("1773217200000::BIGINT", "BIGINT in `at`, which looks like milliseconds since 1970: "
                              "2026-03-11T08:20:00Z"),
    ("46092.43::DOUBLE", "looks like an Excel serial number"), ("7::BIGINT", "BIGINT in `at`"),
    ("NULL::BIGINT", "BIGINT in `at`")])
def test_numbers_in_a_column_of_parquet_for_times(tmp_path: Path, load: Any, value: str,
                                                  said: str) -> None:
    folder = folder_of(tmp_path, GOOD)
    (folder / EVENTS).unlink()
    parquet(folder / "events.parquet", f"SELECT 'a' AS event_id, 'bsps_notified' AS event, "
            f"{value} AS \"at\", DATE '2026-03-11' AS market_day")
    found = load(folder)
    assert places(found) == [("events.parquet", None, "at", "column_type")]
    assert said in found.problems[0].found
    assert found.tables["events"].status == "unreadable"


def test_parquet_events_are_checked_alike(tmp_path: Path, load: Any) -> None:
    folder = folder_of(tmp_path, GOOD)
    (folder / EVENTS).unlink()
    parquet(folder / "events.parquet", """
        SELECT * FROM (VALUES
          ('a', 'bsps_notified', TIMESTAMPTZ '2026-03-10 09:00:00Z', DATE '2026-03-11', NULL),
          ('b', 'bsps_notified', TIMESTAMPTZ '2026-03-10 09:00:01Z', DATE '2026-03-11', NULL),
          ('c', 'brps_notified', TIMESTAMPTZ '2026-03-10 09:00:00Z', NULL, NULL),
          ('d', 'brps_notified', TIMESTAMPTZ '2026-05-10 09:00:00Z', DATE '2026-03-11', 'd'),
          ('e', 'brps_notified', TIMESTAMPTZ '2026-05-10 09:00:00Z', DATE '2026-03-11', NULL),
          ('f', 'brps_notified', TIMESTAMPTZ '2026-05-10 09:00:00Z', DATE '2026-03-12', NULL)
        ) t(event_id, event, "at", market_day, corrects)""")
    found = load(folder)
    name = "events.parquet"
    assert places(found) == [
        (name, 1, "at", "contradicting_events"), (name, 2, "at", "contradicting_events"),
        (name, 3, "market_day", "no_market_day"), (name, 4, "corrects", "circular_correction"),
        (name, 5, "at", "after_as_of"), (name, 6, "market_day", "outside_delivery")]
    assert cells(found, "event_id, _bad") == [(item, True) for item in "abcde"]


def test_frames_are_checked_alike() -> None:
    rows = [{"event_id": name, "event": "bsps_notified", "at": at, "market_day": "2026-03-11"}
            for name, at in (("a", 1773217200000), ("b", "2026-03-10T10:00:00+01:00"),
                             ("c", "2026-03-10T10:00:01+01:00"))]
    with Submission.from_tables(manifest(), {"events": rows}) as found:
        assert places(found) == [("frames/events", 1, "at", "not_a_time"),
                                 ("frames/events", 2, "at", "contradicting_events"),
                                 ("frames/events", 3, "at", "contradicting_events")]
        assert "milliseconds" in found.problems[0].found
