"""What the text of an option means: dates, readings, stages, numbers of findings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, get_args

from czca_rules.errors import UsageError, near_miss

if TYPE_CHECKING:
    from czca_rules.report.findings_file import FindingsForm

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

EXAMPLES = "\b\nExamples:\n  {}\n  {}"


def day(text: str | None, option: str) -> date | None:
    """A day, written as in 2026-03-11."""
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"{option} {text}: a day is written as in 2026-03-11.")


def readings(given: Sequence[str]) -> dict[str, str]:
    """Readings to settle, each NAME=VALUE and none twice."""
    settled: dict[str, str] = {}
    for text in given:
        name, mark, value = text.partition("=")
        if not mark or not name or not value:
            raise UsageError(f"--reading {text}: write NAME=VALUE, as in limit_base=mean.")
        if settled.get(name, value) != value:
            raise UsageError(f"--reading {name} is given twice: {settled[name]} and {value}.")
        settled[name] = value
    return settled


def stages(given: Sequence[str]) -> tuple[str, ...]:
    """Stages, in the order given, each once."""
    from czca_rules.rulebook.model import Stage

    known = get_args(Stage)
    for name in given:
        if name not in known:
            raise UsageError(f"There is no stage `{name}`. {near_miss(name, known)}")
    return tuple(dict.fromkeys(given))


def number_of_findings(text: str) -> int | None:
    """How many findings of a rule are reported; ``None`` where all go to a file of their own."""
    if form_of_findings(text) is not None:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise UsageError(f"--findings {text}: write a number, `all` (a Parquet file) or `all.csv`.")
    return int(text)


def form_of_findings(text: str) -> FindingsForm | None:
    """The format of the file of all findings; ``None`` where none is asked for."""
    forms: dict[str, FindingsForm] = {"all": "parquet", "all.parquet": "parquet", "all.csv": "csv"}
    return forms.get(text)
