"""The pages that the browser opens: every verdict, hostile text everywhere, ten thousand findings.

All but the demonstration are made from the handmade report of ``tests/report_sample.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from report_sample import HOSTILE, compliant_report, sample_content, sample_report

from czca_rules.api import check
from czca_rules.report.model import Pictures, ReportModel
from czca_rules.report.page import render_page

DEMO = Path(__file__).parents[2] / "fixtures" / "submissions" / "demo"

#: Everything that ends a piece of HTML, followed by something that runs. ``taken_over`` would be
#: a variable of the page if any of it did, and the image a request.
MARKUP = ("</title></style></script><!-- --!>]]>\"'><script>taken_over = 1</script>"
          "<img src='https://hostile.invalid/' onerror='taken_over = 1'>{{ 7 * 7 }}${taken_over}")
_RULES_OF_MANY = 40
_FINDINGS_OF_EACH = 250
_DRAWN = 20
#: Keys whose text is a word of the program; all others hold what a sender or a ruleset wrote.
_OWN_WORDS = {"format", "verdict", "outcome", "level", "stage", "stages", "standing", "status",
              "legal_status", "reason", "relation", "kind", "name", "approach"}
_NUMBER_DATE_OR_HASH = re.compile(r"-?\d+(\.\d+)?|\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?|[0-9a-f]{64}")


def undecided_report() -> ReportModel:
    """The sample without the rules that failed: what is left could not be judged."""
    content = sample_content()
    return ReportModel.model_validate(_with_rules(content, [
        rule for rule in content["outcomes"] if rule["outcome"] != "failed"])
        | {"verdict": "undecided"})


def confidential_report() -> ReportModel:
    """The sample as ``--confidential`` writes it."""
    return sample_report(scope=sample_content()["scope"] | {"confidential": True})


def report_of_texts(text: str) -> ReportModel:
    """The sample with ``text`` in the place of every text that comes from outside.

    One picture of each kind: more would have the same name.
    """
    drawn = report("demo").pictures.model_dump(mode="json")
    pictures = {name: part[:1] if isinstance(part, list) else part for name, part in drawn.items()}
    return ReportModel.model_validate(_retold(sample_content() | {"pictures": pictures}, text))


def report_of_many() -> ReportModel:
    """Ten thousand findings, each with its own row, numbers and message."""
    content = sample_content()
    volume = content["outcomes"][0]
    rules = [volume | {
        "rule": f"GI-8.{number}", "findings_total": _FINDINGS_OF_EACH,
        "judged": dict.fromkeys(volume["judged"], 0) | {"failed": _FINDINGS_OF_EACH},
        "findings": [_breach(volume["findings"][0], number, index)
                     for index in range(_FINDINGS_OF_EACH)],
    } for number in range(1, _RULES_OF_MANY + 1)]
    scope = content["scope"] | {"findings": _FINDINGS_OF_EACH}
    many = ReportModel.model_validate(_with_rules(content, rules) | {"scope": scope})
    return many.model_copy(update={"pictures": _pictures_of_a_year(report("demo").pictures)})


_REPORTS: dict[str, Callable[[], ReportModel]] = {
    "demo": lambda: check(DEMO).model,
    "sample": sample_report,
    "compliant": compliant_report,
    "undecided": undecided_report,
    "confidential": confidential_report,
    "hostile": lambda: report_of_texts(MARKUP + HOSTILE),
    "harmless": lambda: report_of_texts("plain words"),
    "many": report_of_many,
}
PAGES = tuple(_REPORTS)


@cache
def report(name: str) -> ReportModel:
    """The report that a page of ``PAGES`` shows."""
    return _REPORTS[name]()


def page(name: str) -> str:
    """The page of a report, as HTML."""
    return render_page(report(name))


def _with_rules(content: dict[str, Any], rules: list[dict[str, Any]]) -> dict[str, Any]:
    counts = dict.fromkeys(content["counts"], 0)
    for rule in rules:
        counts[rule["outcome"]] += 1
    return content | {"outcomes": rules, "counts": counts}


def _pictures_of_a_year(seen: Pictures) -> Pictures:
    """As many pictures as a report holds, each day like one of the days that were seen."""
    begin = date(2026, 1, 1)
    days = [str(begin + timedelta(days=number)) for number in range(365)]
    return Pictures(
        border_days=tuple(item.model_copy(update={"border": f"GR/IT-{number}"}) for number, item
                          in enumerate(islice(cycle(seen.border_days), _DRAWN))),
        processes=tuple(item.model_copy(update={"market_day": days[number]}) for number, item
                        in enumerate(islice(cycle(seen.processes), _DRAWN))),
        border_days_total=21_900, processes_total=365,
        calendar=tuple(item.model_copy(update={"market_day": day}) for day, item
                       in zip(days, cycle(seen.calendar), strict=False)),
        breaches=tuple(item.model_copy(update={"border": f"GR/IT-{number}"})
                       for number in range(60) for item in seen.breaches[:5]))


def _breach(finding: dict[str, Any], rule: int, index: int) -> dict[str, Any]:
    day, position = divmod(index, 96)
    start = f"2026-03-{11 + day}T{position // 4:02}:{position % 4 * 15:02}:00Z"
    given = f"{161 + index}.{rule}"
    return finding | {
        "key": finding["key"] | {"mtu_start": start}, "observed": given,
        "sources": [{"file": "allocations.csv", "line": 3 + _FINDINGS_OF_EACH * rule + index}],
        "message": f"{given} MW is given to balancing; the limit is 160 MW (10 % of 1600 MW)"}


def _retold(part: Any, text: str, key: str = "") -> Any:
    """The part of a report with another text; rules keep a number, so that names stay apart."""
    if isinstance(part, dict):
        return {name: _retold(value, text, name) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_retold(item, text, key) | ({"rule": f"{text} {number}"} if key == "outcomes"
                                            else {}) if isinstance(item, dict)
                else _retold(item, text, key) for number, item in enumerate(part)]
    kept = not isinstance(part, str) or key in _OWN_WORDS or _NUMBER_DATE_OR_HASH.fullmatch(part)
    return part if kept else text
