"""The shipped lists of public holidays: their form, days known by hand, and the library."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from czca_rules.strict_yaml import read_yaml

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT / "rulesets" / "ebgl" / "holidays"
COUNTRIES = ["AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR",
             "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI",
             "SK"]
YEARS = range(2015, 2036)
ORTHODOX = ("BG", "CY", "GR", "RO")
#: Feasts that the law of a country puts on a Sunday.
ALWAYS_SUNDAY = {"Easter", "Easter Sunday", "Pentecost", "Whit Sunday", "Mother's Day",
                 "Father's Day"}
EASTER_MONDAY = (set(COUNTRIES) - set(ORTHODOX)) - {"CH", "EE", "ES", "MT", "PT"}


def load_generator() -> ModuleType:
    """The generator, imported by its path as it is no part of the package."""
    path = ROOT / "fixtures" / "holiday_lists.py"
    spec = importlib.util.spec_from_file_location("holiday_lists", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


GENERATOR = load_generator()


def gauss_easter(year: int) -> date:
    """Easter Sunday of the western churches, by Gauss; good for 1900 to 2099."""
    golden = (19 * (year % 19) + 24) % 30
    days = (2 * (year % 4) + 4 * (year % 7) + 6 * golden + 5) % 7
    if golden == 29 and days == 6:
        return date(year, 4, 19)
    if golden == 28 and days == 6 and year % 19 > 10:
        return date(year, 4, 18)
    return date(year, 3, 22) + timedelta(days=golden + days)


def orthodox_easter(year: int) -> date:
    """Easter Sunday of the eastern churches in today's calendar, by Gauss; 1900 to 2099."""
    golden = (19 * (year % 19) + 15) % 30
    days = (2 * (year % 4) + 4 * (year % 7) + 6 * golden + 6) % 7
    julian = date(year, 3, 22) + timedelta(days=golden + days)
    return julian + timedelta(days=13)


def listed(country: str, purpose: str = "deadline") -> dict[date, str]:
    """The days of a list that serve a purpose, with their names."""
    return {row.day: row.name for row in GENERATOR.shipped_rows(country)
            if purpose in row.purposes.split(";")}


def test_the_easter_algorithms_agree_with_known_years() -> None:
    assert gauss_easter(2024) == date(2024, 3, 31)
    assert gauss_easter(2026) == date(2026, 4, 5)
    assert orthodox_easter(2024) == date(2024, 5, 5)
    assert orthodox_easter(2025) == gauss_easter(2025) == date(2025, 4, 20)
    assert all(gauss_easter(year) == GENERATOR.western_easter(year) for year in range(1900, 2100))


def test_every_country_has_a_list_and_a_source() -> None:
    assert sorted(path.stem for path in LISTS.glob("*.csv")) == COUNTRIES
    sources, problems = read_yaml(LISTS / "sources.yaml", "sources.yaml")
    assert not problems
    assert list(sources["purposes"]) == ["deadline", "reference_day"]
    assert list(sources["countries"]) == COUNTRIES
    for entry in sources["countries"].values():
        assert list(entry) == ["title", "cite", "from", "until", "reviewed"]
        assert (entry["from"], entry["until"]) == (2015, 2035)


@pytest.mark.parametrize("country", COUNTRIES)
def test_form_of_a_list(country: str) -> None:
    content = (LISTS / f"{country}.csv").read_bytes()
    assert content.startswith(b"day,name,purposes\n")
    assert content.endswith(b"\n")
    rows = GENERATOR.shipped_rows(country)
    days = [row.day for row in rows]
    assert days == sorted(set(days))
    assert {day.year for day in days} == set(YEARS)
    assert {row.purposes for row in rows} <= {"deadline;reference_day", "reference_day"}
    assert all(row.name.strip() and ";" not in row.name for row in rows)
    assert listed(country).items() <= listed(country, "reference_day").items()
    for year in YEARS:
        # fewest: Switzerland with four, most: Bulgaria with its moved days
        assert 4 <= sum(day.year == year for day in listed(country)) <= 22


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_ordinary_sundays_exchanged_or_half_days(country: str) -> None:
    weekdays: dict[str, set[bool]] = {}
    for row in GENERATOR.shipped_rows(country):
        assert "substituted" not in row.name
        assert "2pm" not in row.name
        assert "afternoon" not in row.name
        weekdays.setdefault(row.name, set()).add(row.day.isoweekday() == 7)
    always = {name for name, on_sunday in weekdays.items() if on_sunday == {True}}
    # a single coincidence of two feasts can be a Sunday, a name of its own cannot
    assert {name for name in always if " and " not in name} <= ALWAYS_SUNDAY | {"Holy Saturday"}


@pytest.mark.parametrize("year", YEARS)
def test_easter_monday(year: int) -> None:
    western, eastern = gauss_easter(year), orthodox_easter(year)
    for country in sorted(EASTER_MONDAY):
        assert western + timedelta(days=1) in listed(country), country
    for country in ORTHODOX:
        assert eastern + timedelta(days=1) in listed(country), country
    for feast in (-48, -2, 1, 50):
        assert eastern + timedelta(days=feast) in listed("GR")
    if western != eastern:
        assert western + timedelta(days=1) not in listed("GR")
        assert listed("IT").get(eastern + timedelta(days=1)) in (None, "Liberation Day")


def test_easter_mondays_by_hand() -> None:
    italian = "2019-04-22 2020-04-13 2021-04-05 2022-04-18 2023-04-10 2024-04-01 2025-04-21 " \
              "2026-04-06 2027-03-29"
    greek = "2019-04-29 2020-04-20 2021-05-03 2022-04-25 2023-04-17 2024-05-06 2025-04-21 " \
            "2026-04-13 2027-05-03"
    for country, days in (("IT", italian), ("GR", greek)):
        named = {day for day, name in listed(country).items()
                 if name == "Easter Monday" and 2019 <= day.year <= 2027}
        assert named == {date.fromisoformat(day) for day in days.split()}


FIXED = {
    "AT": "10-26", "BE": "07-21", "BG": "03-03", "CH": "08-01", "CY": "04-01", "CZ": "10-28",
    "DE": "10-03", "DK": "12-26", "EE": "02-24", "FI": "12-06", "FR": "07-14", "GR": "10-28",
    "HR": "08-05", "HU": "08-20", "IE": "03-17", "IT": "06-02", "LT": "02-16", "LU": "06-23",
    "LV": "11-18", "MT": "12-13", "NL": "05-05", "NO": "05-17", "PL": "11-11", "PT": "06-10",
    "RO": "12-01", "SE": "06-06", "SI": "06-25", "SK": "07-05",
}


@pytest.mark.parametrize("year", YEARS)
def test_fixed_feasts(year: int) -> None:
    for country, day in FIXED.items():
        assert date.fromisoformat(f"{year}-{day}") in listed(country), country
    for country in sorted(set(COUNTRIES) - {"ES"}):
        assert date(year, 12, 25) in listed(country), country
    for country in ("GR", "IT"):
        assert {date(year, 1, 6), date(year, 8, 15), date(year, 12, 26)} <= set(listed(country))


def turns(text: str) -> Iterator[tuple[str, date, bool]]:
    """Country, day and whether it is listed, from a table like `GR +2016-05-03 -2024-05-01`."""
    for line in text.strip().splitlines():
        country, *days = line.split()
        for day in days:
            yield country, date.fromisoformat(day[1:]), day[0] == "+"


CHANGES_OF_LAW = """
BG +2024-03-04 +2025-12-31 +2026-01-02 -2015-12-31
CZ -2015-04-03 +2016-03-25
DE +2017-10-31 -2018-10-31
DK +2023-05-05 -2024-04-26
ES -2022-12-26 +2024-08-15
GR +2016-05-03 +2021-05-04 +2022-05-02 -2024-05-01 +2024-05-07 +2026-05-01
HR +2019-06-25 -2020-06-25 +2020-11-18 -2020-10-08
HU -2015-08-21 -2016-03-25 +2017-04-14 -2026-08-21
IE +2022-03-18 -2022-02-07 +2023-02-06 +2024-02-05 -2023-01-02
IT -2025-10-04 +2026-10-04 +2027-10-04 -2026-04-13 -2026-11-04
LT -2019-11-02 +2020-11-02
LU -2018-05-09 +2019-05-09
LV +2018-09-24 +2023-05-29 +2023-07-10 +2024-05-06 -2025-05-02
NL +2021-05-05 +2025-04-26 -2025-04-27
PL +2018-11-12 -2024-12-24 +2025-12-24
PT -2015-12-01 +2016-12-01 +2016-05-26 +2016-10-05 +2016-11-01
RO -2016-01-24 +2017-01-24 -2017-04-14 +2018-04-06 -2023-01-06 +2024-01-06 +2024-01-07
SE -2026-06-19 -2026-12-24 -2026-11-15
SI -2016-01-02 +2017-01-02 +2023-08-14
SK +2018-10-30 +2023-09-01 -2024-09-01 +2024-11-17 -2025-11-17 -2026-05-08 -2026-09-15
"""


@pytest.mark.parametrize(("country", "day", "expected"), list(turns(CHANGES_OF_LAW)))
def test_days_on_which_law_changed(country: str, day: date, expected: bool) -> None:
    assert (day in listed(country)) is expected


def test_bank_holidays_serve_reference_days_only() -> None:
    for country, day in (("AT", "2026-04-03"), ("BE", "2026-12-26"), ("CY", "2026-04-14"),
                         ("LU", "2026-12-31"), ("SE", "2026-06-19")):
        assert date.fromisoformat(day) in listed(country, "reference_day")
        assert date.fromisoformat(day) not in listed(country)


def test_every_correction_stands_in_its_list_and_has_a_reason() -> None:
    for item in GENERATOR.CORRECTIONS:
        assert (item.day in listed(item.country)) is (item.name is not None), item
        assert item.reason


def test_lists_and_library_differ_only_where_corrected() -> None:
    pytest.importorskip("holidays", reason="the package `holidays` is not installed")
    found = [line for country in COUNTRIES for line in GENERATOR.differences(country)[1]]
    assert not found, "\n".join(
        ["the shipped lists and the package `holidays` differ without a correction:", *found])


def test_the_generator_writes_what_is_shipped() -> None:
    pytest.importorskip("holidays", reason="the package `holidays` is not installed")
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if f"holidays=={importlib.metadata.version('holidays')}" not in pinned:
        pytest.skip("another version of `holidays` than the pinned one names days differently")
    shipped = {path.name: path.read_bytes().replace(b"\r\n", b"\n") for path in LISTS.iterdir()}
    assert {name: text.encode() for name, text in GENERATOR.all_files().items()} == shipped
