"""A calendar of a long period: each day coloured by the number of its failed rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby

from czca_rules.report.figures import counted, grouped
from czca_rules.report.picture_model import DayCount
from czca_rules.report.pictures.clock import MONTHS, WEEKDAYS, day_name
from czca_rules.report.pictures.markup import Markup, drawing, hatching, joined, label, tag, words
from czca_rules.report.pictures.picture import Picture

#: Shorter periods are told by their days.
FEWEST_DAYS = 8
CLASSES = 5
#: Lengths in tenths of a pixel; a month touches at most six weeks.
CELL, PITCH, LEFT, TOP = 170, 190, 170, 230
WIDTH, HEIGHT = LEFT + 6 * PITCH, TOP + 7 * PITCH
_SWATCH = 140
_OTHER_LOOKS = {"unjudged-day": "none failed, some not assessable", "clear": "no finding"}
COLUMNS = ("Market day", "Weekday", "Failed rows", "Rows not assessable")


def calendar_picture(of: str, days: Sequence[DayCount]) -> Picture | None:
    """The calendar of a period, or None where it is too short for one."""
    if len(days) < FEWEST_DAYS:
        return None
    base = class_base(max(day.failed for day in days))
    months = [(month, list(group)) for month, group in groupby(
        sorted(days, key=lambda day: day.market_day), key=lambda day: day.market_day[:7])]
    blocks = (_month(f"{of}-{month}", month, group, base) for month, group in months)
    svg = tag("div", *blocks, class_="months") + _legend(of, days, base)
    rows = tuple((day.market_day, WEEKDAYS[date.fromisoformat(day.market_day).weekday()],
                  str(day.failed), str(day.not_assessable))
                 for _, group in months for day in group)
    return Picture(of, f"{rows[0][0]} to {rows[-1][0]}: failed rows day by day", _caption(days),
                   svg, COLUMNS, rows, "period")


def class_base(most: int) -> int:
    """The whole number whose powers bound the classes, so that five of them hold every count.

    >>> class_base(1), class_base(31), class_base(32)
    (2, 2, 3)
    """
    base = 2
    while base**CLASSES <= most:
        base += 1
    return base


def class_of(count: int, base: int) -> int:
    """The class of a count from 1 on: 1 below the base, 2 below its square, and so on."""
    return next(number for number in range(1, CLASSES + 1) if count < base**number)


def _month(of: str, month: str, days: Sequence[DayCount], base: int) -> Markup:
    year, number = map(int, month.split("-"))
    name = f"{MONTHS[number - 1]} {year}"
    odd = sum(day.failed > 0 for day in days)
    unjudged = sum(day.not_assessable > 0 and not day.failed for day in days)
    said = f"{name}: {grouped(odd)} of {counted(len(days), 'day')} with failed rows" \
        f" ({counted(sum(day.failed for day in days), 'row')}), {grouped(unjudged)} more with " \
        "rows that could not be judged."
    first = date(year, number, 1)
    return drawing(
        of, (WIDTH, HEIGHT), (name, said), hatching(f"{of}-hatch", "hatch-unknown"),
        label(LEFT, 140, f"{MONTHS[number - 1][:3]} {year}", "strong"),
        *(label(LEFT - 40, TOP + row * PITCH + 130, WEEKDAYS[row][0], "end quiet")
          for row in range(7)),
        joined(_day(of, day, first, base) for day in days), kind="month")


def _day(of: str, day: DayCount, first: date, base: int) -> Markup:
    at = date.fromisoformat(day.market_day)
    week = (at - first + timedelta(days=first.weekday())).days // 7
    told = [f"{grouped(day.failed)} failed"]
    if day.not_assessable:
        told.append(f"{grouped(day.not_assessable)} not assessable")
    title = tag("title", words(f"{day_name(at)} {at.year}: {', '.join(told)}"))
    return _cell(LEFT + week * PITCH, TOP + at.weekday() * PITCH, CELL, title,
                 _look(day, base), f"{of}-hatch")


def _look(day: DayCount, base: int) -> str:
    if day.failed:
        return f"heat-{class_of(day.failed, base)}"
    return "unjudged-day" if day.not_assessable else "clear"


def _cell(x: int, y: int, size: int, title: Markup, look: str, hatch: str) -> Markup:
    fill = f"url(#{hatch})" if look == "unjudged-day" else None
    return tag("rect", title, x=x, y=y, width=size, height=size, class_=look, fill=fill)


def _legend(of: str, days: Sequence[DayCount], base: int) -> Markup:
    """What the colours stand for; only those that occur."""
    looks = {_look(day, base) for day in days}
    entries = [(f"heat-{number}", _bounds_text(number, base))
               for number in range(1, CLASSES + 1) if f"heat-{number}" in looks]
    entries += [(look, text) for look, text in _OTHER_LOOKS.items() if look in looks]
    swatches = (tag("span", _swatch(f"{of}-key-{number}", look, text), words(f" {text}"))
                for number, (look, text) in enumerate(entries, 1))
    return tag("p", words("Failed rows in a day: "), *swatches, class_="heat-key")


def _swatch(of: str, look: str, text: str) -> Markup:
    cell = _cell(10, 10, _SWATCH - 20, Markup(), look, f"{of}-hatch")
    pattern = hatching(f"{of}-hatch", "hatch-unknown") if look == "unjudged-day" else Markup()
    return drawing(of, (_SWATCH, _SWATCH), (text, f"The look of a day: {text}."), pattern, cell,
                   kind="swatch")


def _bounds_text(number: int, base: int) -> str:
    low, high = base ** (number - 1), base**number - 1
    return grouped(low) if low == high else f"{grouped(low)}–{grouped(high)}"


def _caption(days: Iterable[DayCount]) -> str:
    listed = list(days)
    worst = max(listed, key=lambda day: (day.failed, day.market_day))
    failed = sum(day.failed > 0 for day in listed)
    if not failed:
        return f"No row failed on any of {counted(len(listed), 'day')}."
    return (f"Rows failed on {grouped(failed)} of {counted(len(listed), 'day')}, most on "
            f"{worst.market_day} ({grouped(worst.failed)}).")
