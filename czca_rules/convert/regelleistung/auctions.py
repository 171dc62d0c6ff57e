"""Auctions and their time: a delivery day, a direction and a block of the local clock.

Blocks are cut by the clock on the wall, so on a day on which the clocks change the first block
has 3 or 5 hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from czca_rules.market_time.zone import MARKET_TIME

PRODUCTS = tuple(f"{sign}_{hour:02}_{hour + 4:02}"
                 for sign in ("NEG", "POS") for hour in range(0, 24, 4))


@dataclass(frozen=True, order=True)
class Auction:
    """One auction: the delivery day and the product's word such as ``POS_08_12``."""

    day: date
    product: str

    @property
    def id(self) -> str:
        """The auction's name in identifiers, such as ``2024-01-01-POS_08_12``."""
        return f"{self.day.isoformat()}-{self.product}"

    def __str__(self) -> str:
        return f"{self.product} of {self.day.isoformat()}"


@dataclass(frozen=True)
class Block:
    """What an auction is about: direction, instants with offset (end exclusive), real length."""

    direction: str
    mtu_start: str
    mtu_end: str
    hours: Decimal


@dataclass(frozen=True)
class Period:
    """Delivery days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def auctions(self) -> Iterator[Auction]:
        """Every auction of the period: twelve a day."""
        for offset in range((self.last - self.first).days + 1):
            for product in PRODUCTS:
                yield Auction(self.first + timedelta(days=offset), product)


@lru_cache(maxsize=4096)
def block_of(auction: Auction) -> Block:
    """The block of an auction in market time."""
    sign, first_hour, last_hour = auction.product.split("_")
    midnight = datetime.combine(auction.day, time(), MARKET_TIME)
    start = midnight.replace(hour=int(first_hour))
    # Wall clock arithmetic: hour 24 is midnight of the next day, however long this day is.
    end = (midnight + timedelta(days=1)) if last_hour == "24" else midnight.replace(
        hour=int(last_hour))
    length = end.astimezone(UTC) - start.astimezone(UTC)
    return Block(direction="up" if sign == "POS" else "down", mtu_start=start.isoformat(),
                 mtu_end=end.isoformat(), hours=Decimal(int(length.total_seconds())) / 3600)


def instant_of(clock: datetime) -> datetime | None:
    """The instant of a local clock time; ``None`` for a clock time that is skipped or recurs."""
    early, late = (clock.replace(tzinfo=MARKET_TIME, fold=fold) for fold in (0, 1))
    return early if early.utcoffset() == late.utcoffset() else None


def missing_auctions(period: Period, present: Iterable[Auction]) -> list[str]:
    """Say which auctions of a period are absent: runs of whole days together, others by name."""
    known = set(present)
    by_day: dict[date, list[str]] = {}
    for auction in period.auctions():
        if auction not in known:
            by_day.setdefault(auction.day, []).append(auction.product)
    said: list[str] = []
    run: list[date] = []
    for day, products in [*by_day.items(), (date.max, [])]:
        if run and (len(products) < len(PRODUCTS) or day != run[-1] + timedelta(days=1)):
            said.append(_days(run))
            run = []
        if len(products) == len(PRODUCTS):
            run.append(day)
        elif products:
            said.append(f"{day.isoformat()}: {', '.join(products)}")
    return said


def _days(run: list[date]) -> str:
    if len(run) == 1:
        return f"all {len(PRODUCTS)} auctions of {run[0].isoformat()}"
    return f"all auctions from {run[0].isoformat()} to {run[-1].isoformat()} ({len(run)} days)"
