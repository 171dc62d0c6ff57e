"""One rule for every clause of a deadline, in a small ruleset, and their judgement.

The ruleset includes the shipped one of the EU regulation; engine and interpreter judge every
submission, and must agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from event_submissions import event, manifest
from small_rulesets import HEAD, Oracle, disagreements, load, oracle_rows, rule

from czca_rules.check.codes import Code
from czca_rules.check.judging import Judging, Options
from czca_rules.market_time.spans import parse_instant
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.tables.submission import Submission

Event = dict[str, str | None]

RULES = {
    "TR-hour": ("tso_auctions",
                "volumes_and_prices_published no later than 1 hour after bsps_notified"),
    "TR-use": ("tso_auctions", "allocation_published at least 6 hours before the first use"),
    "TR-week": ("tso_days", "use_published at most 1 week after the use"),
    "TR-month": ("tso_applications", "technical_document_sent at most 1 month after "
                                     "methodology_approved"),
    "TR-back": ("tso_applications", "stakeholders_informed at least 1 month before "
                                    "first_gate_opened"),
    "TR-announced": ("tso_auctions", "curves_sent not after sdac_curves_due"),
    "TR-before": ("tso_auctions", "bsps_notified before sidc_gate_opened"),
    "TR-not-after": ("tso_auctions", "bsps_notified not after sidc_gate_opened"),
    "TR-after": ("tso_auctions", "bsps_notified after sidc_gate_opened"),
    "TR-not-before": ("tso_auctions", "bsps_notified not before sidc_gate_opened"),
    "TR-together": ("tso_auctions", "forecast_gate_closed together with sdac_gate_closed"),
    "TR-within": ("tso_auctions",
                  "bsps_told_of_capacity together with sdac_results_notified within slack_h"),
    "TR-equal": ("tso_auctions", "bid_gate_closed equal among TSOs"),
    "TR-directions": ("tso_auctions", "bid_gate_closed equal among TSOs and directions"),
    "TR-two": ("tso_auctions",
               "bid_gate_closed not before the week ahead and before capacity_calculated"),
    "TR-day-before": ("tso_auctions",
                      "bid_gate_closed before sdac_gate_closed of the day before delivery"),
    "TR-every": ("recurring_duties", "need_assessed at least every 12 months"),
}
ORDER = ("values_forecast", "allocation_determined", "bids_selected")
PARAMETERS = """\
parameters:
  slack_h:
    title: A slack
    unit: h
    values:
      2017-12-18: {value: 0.5, cite: Art. 1}
    reviewed: 2026-11-20
"""
MICROSECOND = timedelta(microseconds=1)
NOWHERE: dict[str, Any] = {"tsos": [{"id": "IPTO"}, {"id": "TERNA", "country": "IT"}]}
STARTED = ("application_started", "2024-02-01T10:00:00+01:00")


@cache
def ruleset() -> Ruleset:
    """All rules of this file in one ruleset."""
    files: dict[str, str | bytes] = {
        f"rules/{name}.yaml": rule(id=name, on=on, deadline=sentence, must=None)
        for name, (on, sentence) in RULES.items()}
    files["rules/TR-order.yaml"] = rule(id="TR-order", on="tso_auctions", must=None,
                                        sequence=f"[{', '.join(ORDER)}]")
    return load(Path(mkdtemp()) / "trial", {
        "ruleset.yaml": HEAD + "includes: [ebgl]\n", "derived.yaml": "relations: {}\n",
        "parameters.yaml": PARAMETERS, **files})


@dataclass
class Judged:
    """One rule judged over a submission of events: codes, and the columns behind them."""

    codes: dict[tuple[Any, ...], Code]
    rows: list[dict[str, Any]]

    def of(self, tso: str = "IPTO") -> str:
        """The only code of a TSO."""
        (code,) = {code.name for key, code in self.codes.items() if tso in key}
        return code


def judged(name: str, events: Iterable[Event] | None, readings: Mapping[str, str] | None = None,
           columns: Iterable[str] = (), **changes: Any) -> Judged:
    """Judge one rule; engine and interpreter must agree."""
    tables = {} if events is None else {"events": list(events)}
    with Submission.from_tables(manifest(**changes), tables) as submission:
        assert [problem for problem in submission.problems if problem.kind != "no_rows"] == []
        judging = Judging(submission, ruleset(), Options(readings=readings or {}, select=(name,)))
        assert disagreements(judging) == []
        law = ruleset().rules[name]
        codes = Oracle(judging).codes(law, judging.readings)
        names = list(columns)
        rows = oracle_rows(judging, law.form.on, names) if names else []
    return Judged(codes, rows)


def at(text: str, more: timedelta = timedelta()) -> str:
    """A time of 10 March, or a whole instant, moved by a little."""
    moment = parse_instant(text if "-" in text else f"2026-03-10T{text}+01:00") + more
    return f"{moment.isoformat()}Z"


def told(*events: tuple[str, str], **more: str) -> list[Event]:
    """Events of everybody on the delivery day, by name and time."""
    return [event(f"e{number}", name, at(moment), None, **more)
            for number, (name, moment) in enumerate(events)]


def applied(*events: tuple[str, str]) -> list[Event]:
    """Events of an application, by name and time."""
    return [event(f"e{number}", name, at(moment), None, None)
            for number, (name, moment) in enumerate(events)]


def gates(ipto: str | None, terna: str | None) -> list[Event]:
    """The gate of each TSO."""
    return [event(name, "bid_gate_closed", at(moment), name)
            for name, moment in (("IPTO", ipto), ("TERNA", terna)) if moment]
