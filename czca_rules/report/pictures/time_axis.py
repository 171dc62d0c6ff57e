"""A time axis over days that leaves out the long stretches in which nothing happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from czca_rules.market_time.days import from_market_clock, to_market_clock
from czca_rules.report.pictures.clock import clock_time, day_name
from czca_rules.report.pictures.markup import Markup, joined, label, px, tag
from czca_rules.report.pictures.stretches import Span, share_of

#: Lengths in tenths of a pixel.
BREAK, NARROWEST, TICK_SPACE = 180, 860, 520
DATE_Y, HOUR_Y, LINE_Y = 130, 310, 370
#: More pieces than this would leave too little room for each.
MOST_PIECES = 6
_QUIET = timedelta(hours=3)
_ROOM = timedelta(minutes=15)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_QUARTER = timedelta(minutes=15)
_STEPS = (_QUARTER, 2 * _QUARTER, *(hours * _HOUR for hours in (1, 2, 3, 6, 12, 24)))


@dataclass(frozen=True)
class Piece:
    """A stretch of time and where it is drawn."""

    begins: datetime
    ends: datetime
    left: int
    right: int

    def at(self, moment: datetime) -> int:
        """How far right a moment of this piece stands."""
        return self.left + share_of(self.begins, self.ends, moment, self.right - self.left)


@dataclass(frozen=True)
class BrokenAxis:
    """Pieces of time side by side; what lies between two of them is left out."""

    pieces: tuple[Piece, ...]

    @property
    def left(self) -> int:
        """Where time begins."""
        return self.pieces[0].left

    @property
    def right(self) -> int:
        """Where it ends."""
        return self.pieces[-1].right

    def at(self, moment: datetime) -> int:
        """How far right a moment stands; in what is left out, at the edge before."""
        place = self.left
        for piece in self.pieces:
            if moment < piece.begins:
                break
            place = piece.at(min(moment, piece.ends))
        return place


def broken_axis(moments: Iterable[datetime], left: int, right: int) -> BrokenAxis:
    """An axis over all moments; every piece has about the same scale, none is too narrow."""
    spans = _spans(sorted(set(moments)))
    while len(spans) > MOST_PIECES:
        gaps = [after[0] - before[1] for before, after in pairwise(spans)]
        least = gaps.index(min(gaps))
        spans[least:least + 2] = [(spans[least][0], spans[least + 1][1])]
    room = right - left - BREAK * (len(spans) - 1)
    pieces, at = [], left
    for (begins, ends), width in zip(spans, _widths(spans, room), strict=True):
        pieces.append(Piece(begins, ends, at, at + width))
        at += width + BREAK
    return BrokenAxis(tuple(pieces))


def axis_marks(axis: BrokenAxis, bottom: int) -> Markup:
    """Dates and hours above the plot, and a line down through it at every tick."""
    path, midnights, texts = "", "", []
    free = axis.left + TICK_SPACE // 2
    for piece in axis.pieces:
        step = _step(piece)
        last_date = None
        for at in (piece.begins, *_midnights(piece)):
            x = piece.at(at)
            fits = x + NARROWEST <= piece.right + BREAK or at == piece.begins
            if fits and (last_date is None or x - last_date >= NARROWEST):
                texts.append(label(x, DATE_Y, day_name(to_market_clock(at).date()), "date"))
                last_date = x
            if at != piece.begins:
                midnights += f"M{px(x)} {px(LINE_Y)}V{px(bottom)}"
        for at in _ticks(piece, step):
            x = piece.at(at)
            path += f"M{px(x)} {px(LINE_Y)}V{px(bottom)}"
            if step < _DAY and free <= x <= axis.right - TICK_SPACE // 2:
                texts.append(label(x, HOUR_Y, clock_time(at), "middle"))
                free = x + TICK_SPACE
        path += f"M{px(piece.left)} {px(LINE_Y)}H{px(piece.right)}"
    return joined((tag("path", d=path, class_="grid"),
                   tag("path", d=midnights, class_="midnight") if midnights else Markup(), *texts))


def break_marks(axis: BrokenAxis, bottom: int) -> Markup:
    """Gaps in everything that was drawn, with two slanting strokes, where time is left out."""
    parts = []
    for before, after in pairwise(axis.pieces):
        parts.append(tag("rect", x=before.right, y=LINE_Y - 30, width=after.left - before.right,
                         height=bottom - LINE_Y + 60, class_="cut"))
        middle = (before.right + after.left) // 2
        strokes = "".join(f"M{px(middle + side - 25)} {px(LINE_Y + 60)}l5-12" for side in (-25, 25))
        parts.append(tag("path", d=strokes, class_="cut-stroke"))
    return joined(parts)


def _spans(moments: list[datetime]) -> list[Span]:
    found: list[Span] = []
    for at in moments:
        begins, ends = _full_hour(at - _ROOM), _full_hour(at + _ROOM + _HOUR)
        if found and begins - found[-1][1] <= _QUIET:
            found[-1] = (found[-1][0], ends)
        else:
            found.append((begins, ends))
    return found


def _full_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _widths(spans: list[Span], room: int) -> list[int]:
    """The room shared out by length; what would be too narrow gets the least width first."""
    lengths = [(ends - begins) // _QUARTER for begins, ends in spans]
    narrow: set[int] = set()
    while True:
        left = room - NARROWEST * len(narrow)
        total = sum(length for number, length in enumerate(lengths) if number not in narrow)
        more = {number for number, length in enumerate(lengths)
                if number not in narrow and length * left < NARROWEST * total}
        if not more:
            return [NARROWEST if number in narrow else length * left // total
                    for number, length in enumerate(lengths)]
        narrow |= more


def _step(piece: Piece) -> timedelta:
    for step in _STEPS:
        if (piece.right - piece.left) * step >= TICK_SPACE * (piece.ends - piece.begins):
            return step
    days = 1
    while (piece.right - piece.left) * days * _DAY < TICK_SPACE * (piece.ends - piece.begins):
        days *= 2
    return days * _DAY


def _ticks(piece: Piece, step: timedelta) -> Iterator[datetime]:
    """Moments at which the market's clock shows a whole multiple of the step."""
    if step >= _DAY:
        yield from list(_midnights(piece))[::step // _DAY]
        return
    at = piece.begins
    while at <= piece.ends:
        local = to_market_clock(at)
        if not timedelta(hours=local.hour, minutes=local.minute) % step:
            yield at
        at += min(step, _HOUR)


def _midnights(piece: Piece) -> Iterator[datetime]:
    day = to_market_clock(piece.begins).date()
    while True:
        at = from_market_clock(datetime.combine(day, time()))
        if at > piece.ends:
            return
        if at > piece.begins:
            yield at
        day += _DAY
