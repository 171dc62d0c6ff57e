"""The findings of a report as CSV, one row each, for a spreadsheet or a script.

UTF-8 with a byte order mark, because Excel reads a CSV file without one in the code page of its
machine; pandas, DuckDB and R skip the mark. RFC 4180: commas, CRLF, quotes only where needed.

A cell that a spreadsheet could take for a formula begins with an apostrophe. Numbers are written
as they are, negative ones too. CSV has no place for a remark, so that confidential values are
shown is said in every row, in the column ``confidential``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from io import StringIO

from czca_rules.market_time.zone import MARKET_TIME
from czca_rules.report.figures import MINUS, excess, instant, market_time, place
from czca_rules.report.model import FindingPart, OutcomePart, ReportModel
from czca_rules.report.printable import printable

#: Parts of a row's key with a column of their own; the others stand in ``key``.
KEY_COLUMNS = ("from_zone", "to_zone", "border", "zone", "product", "direction", "mtu_start",
               "market_day")
#: The columns in their order. Scripts rely on it: new ones are added at the end.
COLUMNS = (
    "rule", "provision", "title", "level", "stage", "outcome", "known", "noted",
    "from_zone", "to_zone", "border", "zone", "product", "direction", "mtu_start", "market_time",
    "market_day", "key", "file", "line", "more_sources", "observed", "relation", "required",
    "required_max", "tolerance", "excess", "unit", "effect_eur", "exemption", "reading",
    "message", "missing", "fix", "confidential",
)
#: Columns whose values are numbers where they look like one; everything else is text.
NUMBER_COLUMNS = frozenset({"line", "observed", "required", "required_max", "tolerance", "excess",
                            "effect_eur"})
BYTE_ORDER_MARK = "\ufeff"

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
#: What begins a formula in some spreadsheet, also in the wide forms that Japanese ones accept.
_FORMULA_START = re.compile(r"""[\s"']*[=+\-@＝＋－＠]""")
#: Where commas are decimal marks, spreadsheets part cells at semicolons, inside quotes too.
_FORMULA_AFTER_SEMICOLON = re.compile(r"""(;[\s"']*)(?=[=+\-@＝＋－＠])""")


def findings_csv(report: ReportModel) -> bytes:
    """Every finding that the report lists, in its order, below one row of column names."""
    rows = (row_of(finding, rule, report.scope.confidential)
            for rule in report.outcomes for finding in rule.findings)
    return csv_head() + b"".join(map(csv_line, rows))


def csv_head() -> bytes:
    """The byte order mark and the row of column names."""
    return (BYTE_ORDER_MARK + _line(COLUMNS)).encode()


def csv_line(row: Sequence[str | None]) -> bytes:
    """A row of ``row_of`` as a line of CSV in which nothing is live."""
    return _line([_cell(name, value) for name, value in zip(COLUMNS, row, strict=True)]).encode()


def row_of(finding: FindingPart, rule: OutcomePart, confidential: bool) -> list[str | None]:
    """The values of ``COLUMNS`` for one finding of a rule, as the report has them, None if absent.

    They are not made harmless; each writer does that in its own way. ``confidential`` says that
    confidential values are shown. ``excess`` is signed, observed less required, in ``unit``; for
    moments in seconds. ``market_day`` is that of ``mtu_start`` where the key does not name one.
    """
    first = finding.sources[0] if finding.sources else None
    gap, unit = _excess(finding)
    key = dict(finding.key)
    own = {name: key.pop(name, None) for name in KEY_COLUMNS}
    start = own["mtu_start"]
    own["market_day"] = own["market_day"] or _day_of(start)
    values: dict[str, str | None] = {
        **own, "market_time": market_time(start) if start else None, "key": _named(key),
        "rule": rule.rule, "provision": rule.provision, "title": rule.title, "level": rule.level,
        "stage": rule.stage, "outcome": finding.outcome, "known": _flag(finding.known),
        "noted": _flag(finding.noted), "file": first.file if first else None,
        "line": str(first.line) if first and first.line is not None else None,
        "more_sources": "; ".join(map(place, finding.sources[1:])), "observed": finding.observed,
        "relation": finding.relation, "required": finding.required,
        "required_max": finding.required_max, "tolerance": finding.tolerance, "excess": gap,
        "unit": unit, "effect_eur": finding.effect_eur, "exemption": finding.exemption,
        "reading": _named(finding.reading), "message": finding.message,
        "missing": "; ".join(finding.missing), "fix": finding.fix or rule.fix,
        "confidential": _flag(confidential)}
    return [values[name] or None for name in COLUMNS]


def is_number(value: str) -> bool:
    """Whether a text is a plain decimal number as the report writes one."""
    return _NUMBER.fullmatch(value) is not None


def _cell(column: str, value: str | None) -> str:
    if value is None:
        return ""
    if column in NUMBER_COLUMNS and is_number(value):
        return value
    return _text(value)


@lru_cache(maxsize=50_000)  # most texts of a row stand in many rows
def _text(value: str) -> str:
    """A text that no spreadsheet calculates."""
    text = _FORMULA_AFTER_SEMICOLON.sub(r"\1'", printable(value))
    return f"'{text}" if _FORMULA_START.match(text) else text


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _excess(finding: FindingPart) -> tuple[str | None, str | None]:
    """The signed excess as a plain number, and the unit it is in."""
    text = excess(finding)
    if text is None:
        return None, finding.unit
    observed, required = _moment(finding.observed), _moment(finding.required)
    if observed is None or required is None:
        return text.replace(MINUS, "-").removeprefix("+"), finding.unit
    latest = _moment(finding.required_max)
    span = observed - (latest if latest is not None and observed > required else required)
    seconds = Decimal(span.days * 86_400 + span.seconds) + Decimal(span.microseconds) / 1_000_000
    return f"{seconds.normalize():f}", "s"


def _moment(value: str | None) -> datetime | None:
    return None if value is None else instant(value)


def _day_of(start: str | None) -> str | None:
    moment = _moment(start)
    return f"{moment.astimezone(MARKET_TIME):%Y-%m-%d}" if moment else None


def _named(values: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in sorted(values.items()))


def _flag(value: bool) -> str:
    return "true" if value else "false"
