"""The submission folder: manifest, tables and a page on where the figures come from.

The folder appears whole or not at all: it is written beside its place and renamed at the end.
The same workbooks give the same bytes.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from czca_rules.convert.cells import plain
from czca_rules.convert.regelleistung.auctions import Auction, Block, Period, block_of
from czca_rules.convert.regelleistung.published import ZONES, Result, Tender
from czca_rules.errors import UsageError
from czca_rules.report.printable import printable

PRODUCT = "aFRR"
ACTOR = "regelleistung.net"
OTHER = {"DE": "AT", "AT": "DE"}

Rows = list[tuple[str, ...]]
_TIME = ("mtu_start", "mtu_end")
TABLE_COLUMNS: dict[str, tuple[str, ...]] = {
    "demand": ("zone", "product", "direction", *_TIME, "demand_mw", "local_minimum_mw"),
    "allocations": ("from_zone", "to_zone", "product", "direction", *_TIME, "allocated_mw"),
    "exchanges": ("provider_zone", "receiver_zone", "product", "direction", *_TIME,
                  "exchanged_mw"),
    "auction_results": ("zone", "product", "direction", *_TIME, "minimum_price_eur_mw_h",
                        "average_price_eur_mw_h", "marginal_price_eur_mw_h", "net_export_mw",
                        "offered_mw"),
    "events": ("event_id", "event", "at", "actor", "market_day", "mtu_start", "product",
               "direction"),
}

_MANIFEST = """\
format: czca-submission/1
id: regelleistung-afrr-{first}-{last}
revision: 1
sender: {{id: regelleistung.net, role: platform}}
as_of: {as_of}
stages: [procurement, publication]
methodology: alpaca-afrr
approach: market_based
delivery: {{from: {first}, to: {last}}}
mtu_minutes: {{2017-01-01: 60, 2025-10-01: 15}}
cooperation: {{id: AT-DE}}
tsos:
  - {{id: 50HERTZ, country: DE}}
  - {{id: AMPRION, country: DE}}
  - {{id: TENNET, country: DE}}
  - {{id: TRANSNETBW, country: DE}}
  - {{id: APG, country: AT}}
zones:
  - {{id: DE, tsos: [50HERTZ, AMPRION, TENNET, TRANSNETBW], countries: [DE], lfc_block: DE,
     eic: 10Y1001A1001A82H}}
  - {{id: AT, tsos: [APG], countries: [AT], lfc_block: AT, eic: 10YAT-APG------L}}
borders:
  - id: DE/AT
    zones: [DE, AT]
    interconnectors:
      - {{id: AT-DE, technology: ac}}
products:
  - {{product: aFRR, direction: up, contracting_period: PT4H}}
  - {{product: aFRR, direction: down, contracting_period: PT4H}}
procurement: {{pricing: pay_as_bid, excess: forbidden, exchange: allowed}}
"""

_README = """\
# German-Austrian aFRR capacity auctions, delivery {first} to {last}

Restated by `czca convert regelleistung` from workbooks of regelleistung.net. No figure was
changed; prices that the workbooks give per block are divided by the hours of the block. Look up
the publisher's terms before passing the figures on.

{sources}

What to know before judging them:

- The platform publishes awarded bids only. Bids that went away empty are not in `bids.csv`, so
  these tables cannot show that a cheaper selection existed among them.
- `bid_id` is made here from the auction and the bid's number in the list: bids are anonymous.
- A row covers a block of the local clock, `mtu_start` to `mtu_end`. The first block has 3 hours
  on the day in spring on which the clocks change, and 5 in autumn. Prices are per hour.
- `demand.csv`: the local minimum is the core portion, the part that a country must award at home.
- `allocations.csv`: the export limit, seen as the capacity set aside for the exchange. Upward
  reserve standing in A for B uses A to B, downward reserve uses B to A.
- `exchanges.csv`: what the exporting country reports. `auction_results.csv` keeps what each
  country reports, export positive and import negative, so that the two can be compared.
- `auction_results.csv` has the published minimum, average and marginal price of each country;
  an average is rounded by the platform. Prices over both countries together are left out.
- `events.csv` holds the gate times and the deadline of the allocation as announced in the tender,
  not a record of what then happened. `as_of` in the manifest is the last of these deadlines.
- Zone `DE` is the German part of the bidding zone DE-LU.
"""


@contextmanager
def new_folder(output: Path) -> Iterator[Path]:
    """A folder to fill that takes its place at ``output`` when all went well, else vanishes.

    Raises :class:`UsageError` where something stands there already or nothing can be written.
    """
    refuse_existing(output)
    draft = output.parent / f".{output.name}.{os.getpid()}.part"
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
    except OSError as error:
        raise UsageError(f"{output.name}: cannot be written ({error.strerror}).") from error
    try:
        yield draft
        refuse_existing(output)
        draft.rename(output)
    except OSError as error:
        raise UsageError(f"{output.name}: cannot be written ({error.strerror}).") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def refuse_existing(output: Path) -> None:
    """Raise :class:`UsageError` where the folder exists: a conversion never overwrites."""
    if output.exists() or output.is_symlink():
        raise UsageError(f"{output.name}: exists already. Remove it or choose another folder.")


def write_table(folder: Path, name: str, columns: Sequence[str],
                rows: Iterable[Sequence[str]]) -> int:
    """Write one table as CSV with LF line ends; the number of its rows."""
    count = 0
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def table_rows(auction: Auction, tender: Tender, result: Result) -> dict[str, Rows]:
    """The rows that one auction adds to each table but `bids`."""
    block = block_of(auction)
    span = (PRODUCT, block.direction, block.mtu_start, block.mtu_end)
    rows: dict[str, Rows] = {name: [] for name in TABLE_COLUMNS}
    for zone in ZONES:
        asked, got = tender.zones[zone], result[zone]
        rows["demand"].append((zone, *span, plain(asked.demand_mw), plain(asked.core_portion_mw)))
        rows["allocations"].append(
            (*_capacity_direction(zone, block), *span, plain(asked.export_limit_mw)))
        if got.net_export_mw > 0:
            rows["exchanges"].append((zone, OTHER[zone], *span, plain(got.net_export_mw)))
        figures = (got.minimum_price, got.average_price, got.marginal_price, got.net_export_mw,
                   got.offered_mw)
        rows["auction_results"].append(
            (zone, *span, *("" if figure is None else plain(figure) for figure in figures)))
    for event, moment in (("bid_gate_opened", tender.opens), ("bid_gate_closed", tender.closes),
                          ("allocation_determined", tender.allocation_due)):
        rows["events"].append(
            (f"{auction.id}-{event}", event, moment.isoformat(), ACTOR, auction.day.isoformat(),
             block.mtu_start, PRODUCT, block.direction))
    return rows


def write_manifest(folder: Path, period: Period, as_of: datetime) -> None:
    """Write `submission.yaml`."""
    text = _MANIFEST.format(first=period.first, last=period.last, as_of=as_of.isoformat())
    (folder / "submission.yaml").write_text(text, encoding="utf-8", newline="\n")


def write_readme(folder: Path, period: Period, sources: Sequence[tuple[str, str]]) -> None:
    """Write `README.md`; ``sources`` gives each workbook's file name and SHA-256."""
    listed = "\n".join(f"- `{printable(name).replace('`', '')}`\n  SHA-256 {digest}"
                       for name, digest in sources)
    text = _README.format(first=period.first, last=period.last, sources=listed)
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")


def _capacity_direction(provider: str, block: Block) -> tuple[str, str]:
    receiver = OTHER[provider]
    return (provider, receiver) if block.direction == "up" else (receiver, provider)
