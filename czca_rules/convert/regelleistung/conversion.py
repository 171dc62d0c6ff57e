"""From the three kinds of official workbooks to a submission folder, with every check between."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from czca_rules.convert.found_problems import FoundProblems
from czca_rules.convert.regelleistung.auctions import Auction, Period, missing_auctions
from czca_rules.convert.regelleistung.bid_lists import BID_COLUMNS, BidLists
from czca_rules.convert.regelleistung.columns import (
    Field,
    bid_fields,
    find_columns,
    overview_fields,
    tender_fields,
)
from czca_rules.convert.regelleistung.published import (
    Result,
    Tender,
    read_results,
    read_tenders,
)
from czca_rules.convert.regelleistung.sheet_reader import SheetReader
from czca_rules.convert.regelleistung.submission_folder import (
    TABLE_COLUMNS,
    new_folder,
    refuse_existing,
    table_rows,
    write_manifest,
    write_readme,
    write_table,
)
from czca_rules.convert.workbook import Sheet, open_sheet
from czca_rules.errors import UsageError


@dataclass(frozen=True)
class ConversionSummary:
    """What a conversion wrote: the folder, its delivery days (both included) and its rows.

    ``tables`` gives the number of rows of each table; ``as_of`` is the manifest's.
    """

    output: Path
    day_from: date
    day_to: date
    as_of: datetime
    auctions: int
    tables: tuple[tuple[str, int], ...]

    @property
    def bids(self) -> int:
        """The number of awarded bids."""
        return dict(self.tables)["bids"]


@dataclass(frozen=True)
class _Published:
    """Tenders and results of a period; ``None`` where a row could not be read."""

    period: Period
    tenders: dict[Auction, Tender | None]
    results: dict[Auction, Result | None]
    sources: list[tuple[str, str]]


def convert_regelleistung(tenders: Path, overview: Path, bids: Sequence[Path], output: Path,
                          day_from: date | None = None,
                          day_to: date | None = None) -> ConversionSummary:
    """Turn workbooks on the DE-AT aFRR capacity auctions into a submission for `alpaca-afrr`.

    ``tenders``, ``overview`` and each of ``bids`` is an ``.xlsx`` file or a zip archive of one;
    ``output`` must not exist yet. Without ``day_from`` or ``day_to`` the first or last day of the
    tenders is taken. Every auction of these days must stand in all three kinds of workbook.

    Raises :class:`ConversionError` with everything that is wrong in the workbooks, and other
    :class:`CzcaError` where they cannot be opened or the folder cannot be written.
    """
    if not bids:
        raise UsageError("No list of bids: give at least one with --bids.")
    if day_from and day_to and day_from > day_to:
        raise UsageError(f"--from {day_from} lies after --to {day_to}.")
    refuse_existing(output)
    problems = FoundProblems()
    asked = Period(day_from or date.min, day_to or date.max)
    published = _published(open_sheet(tenders), open_sheet(overview), asked, problems)
    with new_folder(output) as folder:
        lists = BidLists()
        count = write_table(folder, "bids", BID_COLUMNS,
                            _bid_rows(bids, lists, published, problems))
        names = ", ".join(path.name for path in bids)
        _name_missing(names, published.period, lists.counts, problems)
        problems.raise_if_any()
        return _write(folder, output, published, count)


def _published(tender_sheet: Sheet, overview_sheet: Sheet, asked: Period,
               problems: FoundProblems) -> _Published:
    tender_reader = _reader(tender_sheet, tender_fields(), asked, problems)
    overview_columns = find_columns(overview_sheet.file, overview_sheet.header, overview_fields(),
                                    problems)
    if tender_reader is None or overview_columns is None:
        problems.raise_if_any()
        raise AssertionError("columns are missing, yet no problem was noted")
    tenders = read_tenders(tender_reader)
    days = [auction.day for auction in tenders]
    if not days:
        problems.raise_if_any()
        raise UsageError(f"{tender_sheet.file}: holds no auction of the days asked for.")
    period = Period(min(days) if asked.first == date.min else asked.first,
                    max(days) if asked.last == date.max else asked.last)
    results = read_results(SheetReader(overview_sheet, overview_columns, period, problems))
    _name_missing(tender_sheet.file, period, tenders, problems)
    _name_missing(overview_sheet.file, period, results, problems)
    sources = [(sheet.file, sheet.sha256) for sheet in (tender_sheet, overview_sheet)]
    return _Published(period, tenders, results, sources)


def _reader(sheet: Sheet, fields: Iterable[Field], period: Period,
            problems: FoundProblems) -> SheetReader | None:
    columns = find_columns(sheet.file, sheet.header, fields, problems)
    return None if columns is None else SheetReader(sheet, columns, period, problems)


def _bid_rows(paths: Sequence[Path], lists: BidLists, published: _Published,
              problems: FoundProblems) -> Iterator[tuple[str, ...]]:
    """The bids of all lists; a list is let go before the next is opened."""
    for number, path in enumerate(paths, start=1):
        sheet = open_sheet(path)
        published.sources.append((sheet.file, sheet.sha256))
        reader = _reader(sheet, bid_fields(), published.period, problems)
        if reader is not None:
            yield from lists.rows(reader, f"list {number}")


def _name_missing(file: str, period: Period, present: Collection[Auction],
                  problems: FoundProblems) -> None:
    days = sorted({auction.day for auction in present})
    held = f"It holds days from {days[0]} to {days[-1]}. " if days else ""
    for missing in missing_auctions(period, present):
        problems.add(file, None, None, "missing_auction", found=f"missing: {missing}",
                     expected="every auction of the days asked for",
                     fix=f"{held}Add the file that holds them, or choose days with --from and "
                         "--to.")


def _write(folder: Path, output: Path, published: _Published, bids: int) -> ConversionSummary:
    tables: dict[str, list[tuple[str, ...]]] = {name: [] for name in TABLE_COLUMNS}
    deadlines: list[datetime] = []
    for auction in sorted(published.tenders):
        tender, result = published.tenders[auction], published.results[auction]
        if tender is None or result is None:
            raise AssertionError(f"{auction} was not read, yet no problem was noted")
        deadlines.append(tender.allocation_due)
        for name, rows in table_rows(auction, tender, result).items():
            tables[name] += rows
    counts = [("bids", bids)] + [
        (name, write_table(folder, name, columns, tables[name]))
        for name, columns in TABLE_COLUMNS.items()]
    as_of = max(deadlines)
    write_manifest(folder, published.period, as_of)
    write_readme(folder, published.period, published.sources)
    return ConversionSummary(output, published.period.first, published.period.last, as_of,
                             len(published.tenders), tuple(sorted(counts)))
