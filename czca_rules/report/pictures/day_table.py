"""The numbers of a day's curves as a table, and the words that every picture of a day ends with."""

from __future__ import annotations

from collections.abc import Sequence

from czca_rules.report.figures import counted
from czca_rules.report.picture_model import BorderDay
from czca_rules.report.pictures.clock import clock_time
from czca_rules.report.pictures.panel_facts import PanelFacts
from czca_rules.report.pictures.picture import Row
from czca_rules.report.pictures.stretches import Day, together

UNKNOWN_WORD = "unknown"


def day_table(panels: Sequence[PanelFacts]) -> tuple[Row, tuple[Row, ...]]:
    """A row for each moment at which a curve changes, a column for each curve.

    Numbers are as the report has them; a row holds up to the next one.
    """
    columns = ("From", *(f"{facts.name}: {curve.title}, {curve.unit}"
                         for facts in panels for curve in facts.panel.curves))
    parts = together([part for facts in panels for part in facts.parts])
    return columns, tuple(
        (clock_time(part.start),
         *(UNKNOWN_WORD if text is None else text for text in part.texts))
        for part in parts)


def day_words(border_day: BorderDay) -> list[str]:
    """What there is to say of a border and day beside its curves: findings, and odd days."""
    words = []
    counts = [(border_day.failed, "failed"), (border_day.not_assessable, "not assessable")]
    found = [f"{counted(count, 'row')} {outcome}" for count, outcome in counts if count]
    if found:
        words.append(f"Over all rules: {' and '.join(found)}.")
    hours = Day.of(border_day).hours
    if hours != 24:
        words.append(f"The day has {hours} hours, because the clock changes.")
    return words
