"""The time zone of the market, read from the tzdata package so that results reproduce.

The system's own zone files are never consulted: two machines with the same packages agree.
"""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files
from zoneinfo import ZoneInfo

ZONE_NAME = "Europe/Brussels"

#: Years that market time is computed for; beyond them a date is a slip of the pen.
FIRST_YEAR, LAST_YEAR = 1900, 2200


class MarketTimeError(ValueError):
    """A time that cannot be read or does not exist; the text says what would be right."""


def require_year(year: int, shown: object) -> None:
    """Refuse a year in which no market can be."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise MarketTimeError(f"`{shown}` is not in a year from {FIRST_YEAR} to {LAST_YEAR}")


def _packaged_zone(name: str) -> ZoneInfo:
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


#: CET in winter, CEST in summer: the market time of CACM Art. 2(15).
MARKET_TIME = _packaged_zone(ZONE_NAME)


def tzdata_version() -> str:
    """The version of the time zone data in use, for the report's environment."""
    return version("tzdata")
