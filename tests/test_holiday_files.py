"""The holiday files of a ruleset: every wrong line named at once, and part of the hash."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_rulesets import problems_of, rule, write_ruleset

from czca_rules.rulebook.holiday_lists import HolidayFolder, read_holidays
from czca_rules.rulebook.loading import load_ruleset

SOURCES = """\
purposes:
  deadline: public holidays of the whole country
  reference_day: public and bank holidays
countries:
  "GR":
    title: Greece
    cite: A law
    from: 2025
    until: 2027
    reviewed: 2026-11-20
"""
LIST = """\
day,name,purposes
2025-01-01,New Year's Day,deadline;reference_day
2026-04-10,Good Friday,deadline
2026-12-24,"Christmas Eve, half a day",reference_day
"""


def folder(path: Path, listed: str | bytes | None = LIST, sources: str = SOURCES) -> Path:
    """A folder of holidays; without a list where `None` is given for it."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "sources.yaml").write_text(sources, encoding="utf-8")
    if listed is not None:
        data = listed.encode() if isinstance(listed, str) else listed
        (path / "GR.csv").write_bytes(data)
    return path


def read(path: Path, listed: str | bytes | None = LIST, sources: str = SOURCES) -> HolidayFolder:
    """What is read of a folder."""
    return read_holidays(folder(path, listed, sources), "trial/holidays")


def test_days_go_to_the_purposes_that_they_name(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.problems == []
    assert sorted(found.lists) == [("GR", "deadline"), ("GR", "reference_day")]
    deadline, bank = found.lists["GR", "deadline"], found.lists["GR", "reference_day"]
    assert deadline.days == {date(2025, 1, 1), date(2026, 4, 10)}
    assert bank.days == {date(2025, 1, 1), date(2026, 12, 24)}
    assert (deadline.first_year, deadline.last_year) == (2025, 2027)
    assert (deadline.country, deadline.purpose) == ("GR", "deadline")


def test_a_ruleset_without_holidays_is_no_problem(tmp_path: Path) -> None:
    assert read_holidays(tmp_path / "nowhere", "x") == HolidayFolder({}, [], [])
    assert read_holidays(tmp_path, "x") == HolidayFolder({}, [], [])


def test_a_year_without_holidays_is_covered_all_the_same(tmp_path: Path) -> None:
    found = read(tmp_path, "day,name,purposes\n")
    assert found.problems == []
    assert not found.lists["GR", "deadline"].is_holiday(date(2027, 1, 1))


@pytest.mark.parametrize("ends", [b"\r\n", b"\n"])
def test_line_ends_and_a_missing_last_one_do_not_matter(tmp_path: Path, ends: bytes) -> None:
    text = LIST.encode().replace(b"\n", ends).removesuffix(ends)
    assert read(tmp_path, text).content == read(tmp_path / "other").content


@pytest.mark.parametrize(("line", "found"), [
    ("2026-02-30,A day,deadline", "the day `2026-02-30`"),
    ("1 May 2026,A day,deadline", "the day `1 May 2026`"),
    (",A day,deadline", "the day ``"),
    ("2026-05-01,A day", "2 cells"),
    ("2026-05-01,A day,deadline,", "4 cells"),
    ("", "0 cells"),
    ("20260501,A day,deadline", "the day `20260501`"),
    ("2026-W18-5,A day,deadline", "the day `2026-W18-5`"),
    (' 2026-05-01,A day,deadline', "the day ` 2026-05-01`"),
    ("2026-05-01,  ,deadline", "`  ` for `deadline`"),
    ('2026-05-01,"open,deadline', "a line that is no CSV (unexpected end of data)"),
    ("2026-05-01,,deadline", "`` for `deadline`"),
    ("2026-05-01,A day,deadlines", "`A day` for `deadlines`"),
    ("2026-05-01,A day,", "`A day` for ``"),
    ("2026-05-01,A day,deadline;", "`A day` for `deadline;`"),
    ("2026-05-01,A day,deadline; reference_day", "`A day` for `deadline; reference_day`"),
    ("2024-05-01,A day,deadline", "the day 2024-05-01, outside 2025 to 2027"),
    ("2028-01-01,A day,deadline", "the day 2028-01-01, outside 2025 to 2027"),
    ("2026-04-10,Again,deadline", "a day out of order"),
    ("2025-01-02,Before,deadline", "a day out of order"),
])
def test_a_wrong_line_is_named_at_its_place(tmp_path: Path, line: str, found: str) -> None:
    lines = LIST.splitlines()
    lines.insert(3, line)
    result = read(tmp_path, "\n".join([*lines, ""]))
    (problem,) = result.problems
    assert (problem.file, problem.line, problem.kind) == ("trial/holidays/GR.csv", 4, "holiday")
    assert problem.found == found
    assert result.lists["GR", "deadline"].days == {date(2025, 1, 1), date(2026, 4, 10)}


def test_a_list_that_is_named_and_not_there(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, None).problems
    assert (problem.file, problem.line, problem.kind) == ("trial/holidays/GR.csv", None,
                                                          "missing_file")


@pytest.mark.parametrize("header", ["date,name,purposes", "day,name", "", "day;name;purposes",
                                    "day,name,purposes,note", "DAY,NAME,PURPOSES"])
def test_another_header_is_refused(tmp_path: Path, header: str) -> None:
    (problem,) = read(tmp_path, LIST.replace("day,name,purposes", header)).problems
    assert (problem.line, problem.kind, problem.expected) == (1, "header", "day,name,purposes")


def test_an_empty_list_has_no_header(tmp_path: Path) -> None:
    assert [item.kind for item in read(tmp_path, "").problems] == ["header"]


def test_every_problem_comes_out_in_one_run(tmp_path: Path) -> None:
    two = SOURCES + SOURCES.partition("countries:\n")[2].replace("GR", "IT")
    path = folder(tmp_path, LIST + "2026-01-01,Late,deadline\n2027-13-01,None,deadline\n"
                  "2027-05-01,May,dealine\n", two)
    found = read_holidays(path, "x").problems
    assert [(item.file, item.line) for item in found] == [
        ("x/GR.csv", 5), ("x/GR.csv", 6), ("x/GR.csv", 7), ("x/IT.csv", None)]


@pytest.mark.parametrize(("old", "new", "line", "column", "kind"), [
    ("until: 2027", "until: 2024", 6, 5, "value_error"),
    ('"GR"', '"Greece"', 5, 3, "bad_name"),
    ("    cite: A law\n", "", 6, 5, "missing_key"),
    ("cite:", "sites:", 7, 5, "unknown_key"),
    ("  deadline:", "  dead_line:", 2, 3, "unknown_word"),
    ("from: 2025", "from: early", 8, 11, "wrong_type"),
])
def test_sources_are_read_as_strictly_as_rules(tmp_path: Path, old: str, new: str, line: int,
                                               column: int, kind: str) -> None:
    result = read(tmp_path, sources=SOURCES.replace(old, new))
    found = [item for item in result.problems if item.kind == kind]
    assert [(item.file, item.line, item.column) for item in found] == [
        ("trial/holidays/sources.yaml", line, column)], [str(item) for item in result.problems]
    assert result.lists == {}


@pytest.mark.parametrize("data", [b"day,name,purposes\n2026-05-01,F\xeate,deadline\n",
                                  b"\xff\xfe", b"day,name,purposes\n2026-05-01,a\x00b,deadline\n",
                                  b'day,name,purposes\n2026-05-01,"open,deadline\n'])
def test_what_is_no_text_is_a_problem_and_no_crash(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path, data).problems


def test_a_mark_of_the_byte_order_is_no_part_of_the_header(tmp_path: Path) -> None:
    result = read(tmp_path, b"\xef\xbb\xbf" + LIST.encode())
    assert result.problems == []


# -- in a ruleset ------------------------------------------------------------------------------

def hash_of(path: Path, listed: str | bytes | None = LIST, sources: str = SOURCES) -> str:
    """The hash of a small ruleset with a list of holidays."""
    write_ruleset(path / "trial", {"rules/TR-1.yaml": rule()})
    if listed is not None:
        folder(path / "trial" / "holidays", listed, sources)
    return load_ruleset(str(path / "trial")).sha256


def test_the_hash_of_a_ruleset_changes_with_its_holidays(tmp_path: Path) -> None:
    changed: list[tuple[str | None, str]] = [
        (None, SOURCES), (LIST, SOURCES), (LIST + "2027-05-01,May,deadline\n", SOURCES),
        (LIST.replace("Good Friday,deadline", "Good Friday,reference_day"), SOURCES),
        (LIST.replace("04-10", "04-11"), SOURCES), (LIST.replace("Good", "Holy"), SOURCES),
        (LIST, SOURCES.replace("2027", "2028")), (LIST, SOURCES.replace("A law", "Another law"))]
    hashes = [hash_of(tmp_path / str(number), *item) for number, item in enumerate(changed)]
    assert len(set(hashes)) == len(changed)


def test_the_hash_does_not_change_with_line_ends_and_comments(tmp_path: Path) -> None:
    same = hash_of(tmp_path / "a")
    assert hash_of(tmp_path / "b", LIST.replace("\n", "\r\n")) == same
    assert hash_of(tmp_path / "c", LIST, "# a note\n" + SOURCES) == same


def test_problems_of_holidays_are_problems_of_the_ruleset(tmp_path: Path) -> None:
    write_ruleset(tmp_path / "trial", {})
    folder(tmp_path / "trial" / "holidays", LIST + "2027-05-01,May,dealine\n")
    found = problems_of(tmp_path / "trial", {"rules/TR-1.yaml": rule(on="nowhere")})
    assert [(item.file, item.line, item.kind) for item in found] == [
        ("trial/holidays/GR.csv", 5, "holiday"), ("trial/rules/TR-1.yaml", 10, "unknown_relation")]


def test_an_including_ruleset_has_the_holidays_of_the_included_one(tmp_path: Path) -> None:
    head = ("id: trial\ntitle: A trial\nversion: '1.0'\nlegal_status: proposal\nsource: Nowhere\n"
            "includes: [ebgl]\n")
    write_ruleset(tmp_path / "trial", {"ruleset.yaml": head, "derived.yaml": "relations: {}\n"})
    own = load_ruleset(str(tmp_path / "trial"))
    assert own.holidays == load_ruleset("ebgl").holidays
    assert own.holidays["GR", "deadline"].is_holiday(date(2026, 3, 25))
