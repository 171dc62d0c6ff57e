"""Holiday lists of a ruleset: `holidays/<country>.csv` beside `holidays/sources.yaml`.

A list names days with their purposes; the sources say which law sets them, for which years they
are complete, and when somebody last looked.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from czca_rules.errors import Problem
from czca_rules.market_time.holidays import HolidayList
from czca_rules.strict_model import StrictModel, validate
from czca_rules.strict_yaml import read_yaml

Purpose = Literal["deadline", "reference_day"]
PURPOSES: tuple[Purpose, ...] = ("deadline", "reference_day")
COLUMNS = ["day", "name", "purposes"]
Text = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]


class HolidaySource(StrictModel):
    """Where a country's list comes from, and the years for which it is complete."""

    title: Text
    cite: Text
    from_: int = Field(alias="from")
    until: int
    reviewed: date

    @model_validator(mode="after")
    def _in_order(self) -> HolidaySource:
        if self.from_ > self.until:
            raise ValueError("a last year not before the first")
        return self


class HolidaySources(StrictModel):
    """`holidays/sources.yaml`: what each purpose is, and a source for each country."""

    purposes: dict[Purpose, Text]
    countries: dict[Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")], HolidaySource]


@dataclass(frozen=True)
class HolidayFolder:
    """The lists of one ruleset, what they say for its hash, and what is wrong with them."""

    lists: dict[tuple[str, str], HolidayList]
    content: list[list[str]]
    problems: list[Problem]


def read_holidays(folder: Path, shown: str) -> HolidayFolder:
    """Read the holiday lists beside a ruleset, or every problem in them; none is no problem."""
    if not (folder / "sources.yaml").exists():
        return HolidayFolder({}, [], [])
    value, problems = read_yaml(folder / "sources.yaml", f"{shown}/sources.yaml")
    sources: HolidaySources | None = None
    if value is not None and not problems:
        sources, problems = validate(HolidaySources, value, f"{shown}/sources.yaml")
    if sources is None:
        return HolidayFolder({}, [], list(problems))
    lists: dict[tuple[str, str], HolidayList] = {}
    content: list[list[str]] = []
    found: list[Problem] = []
    for country, source in sources.countries.items():
        file = f"{shown}/{country}.csv"
        rows = list(_rows(folder / f"{country}.csv", file, source, found))
        content += [[country, day.isoformat(), name, *purposes] for day, name, purposes in rows]
        for purpose in PURPOSES:
            days = frozenset(day for day, _, purposes in rows if purpose in purposes)
            lists[country, purpose] = HolidayList(country, purpose, source.from_, source.until,
                                                  days)
    content += [[country, str(source.from_), str(source.until), source.cite]
                for country, source in sources.countries.items()]
    return HolidayFolder(lists, content, found)


def _rows(path: Path, file: str, source: HolidaySource,
          found: list[Problem]) -> Iterator[tuple[date, str, tuple[str, ...]]]:
    if not path.is_file():
        found.append(Problem(file, None, None, "missing_file", "no such file",
                             "the list of a country that sources.yaml names", ""))
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        broken = error.object.count(b"\n", 0, error.start) + 1
        found.append(Problem(file, broken, None, "encoding", "text that is not UTF-8", "UTF-8", ""))
        return
    header, *lines = text.removesuffix("\n").split("\n")
    if header.split(",") != COLUMNS:
        found.append(Problem(file, 1, None, "header", "another header", ",".join(COLUMNS), ""))
        return
    before = date.min
    for number, line in enumerate(lines, 2):
        row = _row(line, source)
        if isinstance(row, str) or row[0] <= before:
            wrong = row if isinstance(row, str) else "a day out of order"
            found.append(Problem(file, number, None, "holiday", wrong,
                                 "a day of the years that the list covers, its name and its "
                                 "purposes, each day once and in order", ""))
            continue
        before = row[0]
        yield row


def _row(line: str, source: HolidaySource) -> tuple[date, str, tuple[str, ...]] | str:
    try:
        cells: list[str] = next(csv.reader([line], strict=True), [])
    except csv.Error as error:
        return f"a line that is no CSV ({error})"
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} cells"
    try:
        day = date.fromisoformat(cells[0])
    except ValueError:
        return f"the day `{cells[0]}`"
    if day.isoformat() != cells[0]:
        return f"the day `{cells[0]}`"
    purposes = tuple(cells[2].split(";"))
    if not source.from_ <= day.year <= source.until:
        return f"the day {day}, outside {source.from_} to {source.until}"
    if not cells[1].strip() or not cells[1].isprintable() or not set(purposes) <= set(PURPOSES):
        return f"`{cells[1]}` for `{cells[2]}`"
    return day, cells[1], purposes
