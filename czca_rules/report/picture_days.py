"""The numbers of single market days of borders: allocations beside limits, and prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from czca_rules.check.codes import Code
from czca_rules.check.day_curves import (
    DIRECTION,
    OF_PRICES,
    DirectionPrices,
    Values,
    curves,
    failed_at,
    prices,
)
from czca_rules.check.finding import text_of
from czca_rules.check.judging import Judging, RuleOutcome
from czca_rules.report import picture_model as p
from czca_rules.rulebook.pictures import CURVES

_PRICES = (("from_price", "Marginal price in {}"), ("to_price", "Marginal price in {}"),
           ("czc_price", "Price of cross-zonal capacity"))

#: A market day of a border.
Place = tuple[date, str]


@dataclass(frozen=True)
class Border:
    """A border of the manifest with both its directions."""

    id: str
    directions: tuple[tuple[str, str], tuple[str, str]]


def drawn_rules(judging: Judging) -> list[str]:
    """The rules that judge what day pictures draw."""
    drawn = judging.ruleset.pictures
    named = [drawn.price_rule, *(curve.form.rule for curve in drawn.curves.values())]
    return [name for name in named if name is not None]


class BorderDays:
    """Draws market days of borders; the numbers of all of them are read at once."""

    def __init__(self, judging: Judging, outcomes: Iterable[RuleOutcome],
                 days: Iterable[date]) -> None:
        self.judging, wanted = judging, set(days)
        self.judged = {item.rule.id: item for item in outcomes if item.counts}
        self.curves = {name: curves(judging, name, wanted) for name in CURVES}
        self.prices = prices(judging, wanted)
        formulas = judging.ruleset.pictures
        limit = formulas.curves.get("limit")
        self.limit_rule = self._if_judged(limit.form.rule if limit else None)
        self.price_rule = self._if_judged(formulas.price_rule)
        self.over_limit = self._failed(self.limit_rule, wanted, DIRECTION)
        self.mispriced = self._failed(self.price_rule, wanted, OF_PRICES)

    def _if_judged(self, rule: str | None) -> str | None:
        return rule if rule in self.judged else None

    def _failed(self, rule: str | None, days: set[date],
                by: Sequence[str]) -> Mapping[tuple[str, ...], set[datetime]]:
        if rule is None or not self.judged[rule].counts.get(Code.FAILED):
            return {}
        return failed_at(self.judging, rule, days, by)

    def day(self, day: date, border: Border, failed: int, not_assessable: int) -> p.BorderDay:
        """One market day of one border; its panels are empty where nothing is known."""
        axis = Axis(self.judging, day)
        panels = [self._allocation(axis, direction) for direction in border.directions]
        return p.BorderDay(
            market_day=str(day), begins=axis.begins, ends=axis.ends, border=border.id,
            failed=failed, not_assessable=not_assessable,
            allocations=tuple(panel for panel in panels if panel.curves),
            prices=tuple(self._price_panel(axis, item) for item in self.prices
                         if item.of[:2] in border.directions and axis.steps(item.czc_price)))

    def _allocation(self, axis: Axis, direction: tuple[str, str]) -> p.Panel:
        drawn = []
        for name in CURVES:
            steps = axis.steps(self.curves[name].get(direction, {}))
            if steps:
                title = self.judging.ruleset.pictures.curves[name].form.title
                drawn.append(p.Curve.model_validate(
                    {"name": name, "title": title, "unit": "MW", "steps": steps}))
        return p.Panel(from_zone=direction[0], to_zone=direction[1], rule=self.limit_rule,
                       failed_spans=axis.spans(self.over_limit.get(direction, ())),
                       curves=tuple(drawn))

    def _price_panel(self, axis: Axis, item: DirectionPrices) -> p.Panel:
        one, other, product, direction = item.of
        return p.Panel(from_zone=one, to_zone=other, product=product, direction=direction,
                       rule=self.price_rule, curves=tuple(_price_curves(axis, item)),
                       failed_spans=axis.spans(self.mispriced.get(item.of, ())))


def _price_curves(axis: Axis, item: DirectionPrices) -> Iterator[p.Curve]:
    for name, title in _PRICES:
        steps = axis.steps(getattr(item, name))
        zone = item.of[0] if name == "from_price" else item.of[1]
        if steps:
            yield p.Curve.model_validate({"name": name, "title": title.format(zone),
                                          "unit": "EUR/MW/h", "steps": steps})


class Axis:
    """The intervals of one market day, and values written as steps along them."""

    def __init__(self, judging: Judging, day: date) -> None:
        self.intervals = [item for item in judging.submission.intervals if item.market_day == day]
        self.begins = written(self.intervals[0].start)
        self.ends = written(self.intervals[-1].end)

    def steps(self, values: Values) -> p.Steps:
        """A value wherever it changes; nothing at all where none is known all day."""
        steps: list[tuple[str, str | None]] = []
        for item in self.intervals:
            value = text_of(values.get(item.start))
            if not steps or steps[-1][1] != value:
                steps.append((written(item.start), value))
        return () if steps == [(self.begins, None)] else tuple(steps)

    def spans(self, starts: Iterable[datetime]) -> tuple[tuple[str, str], ...]:
        """Intervals that begin at some instants, neighbours put together."""
        wanted = set(starts)
        spans: list[tuple[datetime, datetime]] = []
        for item in self.intervals:
            if item.start not in wanted:
                continue
            if spans and spans[-1][1] == item.start:
                spans[-1] = (spans[-1][0], item.end)
            else:
                spans.append((item.start, item.end))
        return tuple((written(start), written(end)) for start, end in spans)


def written(moment: datetime) -> str:
    """An instant as the report writes it."""
    return text_of(moment) or ""
