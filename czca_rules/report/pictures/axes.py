"""Axes: round ticks for quantities, and the hours of a market day by the market's clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property

from czca_rules.market_time.days import to_market_clock
from czca_rules.report.pictures.amounts import tick_text
from czca_rules.report.pictures.clock import half_of
from czca_rules.report.pictures.markup import Markup, joined, label, px, rounded, tag
from czca_rules.report.pictures.stretches import Day, share_of

#: Steps that people count in.
_ROUND = (Fraction(1), Fraction(2), Fraction(5))
_INTERVALS = 4
_ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scale:
    """Quantities from ``low`` to ``high`` between the heights ``bottom`` and ``top``."""

    low: Fraction
    high: Fraction
    step: Fraction
    top: int
    bottom: int

    def at(self, value: Fraction) -> int:
        """The height at which a value stands."""
        return self.bottom - rounded((value - self.low) * self.per_unit)

    @cached_property
    def per_unit(self) -> Fraction:
        """The height of one unit."""
        return (self.bottom - self.top) / (self.high - self.low)

    @property
    def ticks(self) -> tuple[Fraction, ...]:
        """The round values with a line."""
        count = int((self.high - self.low) / self.step)
        return tuple(self.low + number * self.step for number in range(count + 1))


@dataclass(frozen=True)
class DayAxis:
    """A market day from ``left`` over ``width``; every hour is as wide as any other."""

    day: Day
    left: int
    width: int

    def at(self, moment: datetime) -> int:
        """How far right a moment stands."""
        return self.left + share_of(self.day.begins, self.day.ends, moment, self.width)

    @property
    def right(self) -> int:
        """Where the day ends."""
        return self.left + self.width


def scale_over(values: Iterable[Fraction], top: int, bottom: int,
               intervals: int = _INTERVALS) -> Scale:
    """A scale with round ends over zero and all values."""
    found = [Fraction(0), *values]
    low, high = min(found), max(found)
    if low == high:
        high = Fraction(1)
    step = _round_step((high - low) / intervals)
    return Scale(step * (low // step), -step * (-high // step), step, top, bottom)


def quantity_axis(scale: Scale, across: DayAxis) -> Markup:
    """Lines across the plot at round values, their numbers at the left."""
    lines = "".join(f"M{px(across.left)} {px(scale.at(tick))}h{px(across.width)}"
                    for tick in scale.ticks if tick)
    numbers = (label(across.left - 60, scale.at(tick) + 45, tick_text(tick), "scale")
               for tick in scale.ticks)
    return joined((tag("path", d=lines, class_="grid"), *numbers))


def hour_axis(axis: DayAxis, scale: Scale) -> Markup:
    """The zero line with a tick for each hour, the hours' names below, and changes of the clock."""
    base, zero = scale.bottom, scale.at(Fraction(0))
    marks, names, below = f"M{px(axis.left)} {px(base)}", [], []
    before, left, down = None, axis.left, 0
    for number in range(axis.day.hours + 1):
        at = axis.day.begins + number * _ONE_HOUR
        x, local = axis.at(at), to_market_clock(at)
        named = local.hour % 3 == 0 or at == axis.day.ends
        changed = before is not None and local.utcoffset() != before.utcoffset()
        length = 220 if changed else 50 if named else 25
        marks += f"m{px(x - left)} {px(-down)}v{px(length)}"
        left, down = x, length
        if named:
            hour = "24" if at == axis.day.ends else f"{local:%H}"
            names.append(label(x, base + 180, hour, "middle"))
        if changed:
            below += _change(x, base + 330, half_of(local) != "")
        before = local
    zero_line = f"M{px(axis.left)} {px(zero)}h{px(axis.width)}"
    return joined((tag("path", d=marks, class_="ticks"), tag("path", d=zero_line, class_="zero"),
                   *names, *below,
                   label(axis.right + 120, base + 180, clock_name(axis.day), "quiet")))


def clock_name(day: Day) -> str:
    """Whether the day runs on winter or summer time, or from one into the other."""
    names = [to_market_clock(at).strftime("%Z") for at in (day.begins, day.ends)]
    return "–".join(dict.fromkeys(names))


def _change(x: int, y: int, put_back: bool) -> list[Markup]:
    if put_back:
        return [label(x - 30, y, "02A", "end"), label(x + 30, y, "02B")]
    return [label(x, y, "no 02", "middle")]


def _round_step(least: Fraction) -> Fraction:
    power = Fraction(10) ** (len(str(least.numerator)) - len(str(least.denominator)) - 1)
    while True:
        for step in _ROUND:
            if step * power >= least:
                return step * power
        power *= 10
