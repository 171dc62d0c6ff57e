"""The lists of awarded bids, turned into rows of the table `bids` one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from czca_rules.convert.cells import plain
from czca_rules.convert.regelleistung.auctions import Auction, block_of
from czca_rules.convert.regelleistung.published import ZONES
from czca_rules.convert.regelleistung.sheet_reader import SheetReader
from czca_rules.convert.workbook import Cells

BID_COLUMNS = ("bid_id", "mtu_start", "mtu_end", "basis", "zone", "product", "direction",
               "volume_mw", "price_eur_mw_h", "accepted_mw", "divisible")


class BidLists:
    """The awarded bids of several lists: which auctions they cover and how many bids there are.

    An auction stands in one list only, since the same list given twice would double every volume.
    """

    def __init__(self) -> None:
        self.counts: dict[Auction, int] = {}
        self._found_in: dict[Auction, str] = {}

    def rows(self, reader: SheetReader, label: str) -> Iterator[tuple[str, ...]]:
        """One list's bids in file order, each named by its auction and its number therein.

        ``label`` tells the lists apart; two may have the same file name.
        """
        for line, cells, auction in reader.rows():
            first = self._found_in.setdefault(auction, label)
            if first != label:
                if first:
                    reader.report(line, "PRODUCT", "duplicate_auction",
                                  found=f"bids of {auction}, which another list holds too",
                                  expected="each auction in one list of bids",
                                  fix="Give each list of bids once.")
                    self._found_in[auction] = ""
                continue
            self.counts[auction] = self.counts.get(auction, 0) + 1
            row = self._row(reader, line, cells, auction)
            if row is not None:
                yield row

    def _row(self, reader: SheetReader, line: int, cells: Cells,
             auction: Auction) -> tuple[str, ...] | None:
        zone = reader.text(cells, "COUNTRY")
        if zone not in ZONES:
            reader.report(line, "COUNTRY", "third_country", found=f"`{zone}`",
                          expected="DE or AT", fix="Choose days before the third country joined, "
                          "with --from and --to.")
        divisible = self._divisible(reader, line, cells)
        price = reader.price(line, cells, "price", auction)
        offered = reader.quantity(line, cells, "offered", "mw")
        allocated = reader.quantity(line, cells, "allocated", "mw")
        if price is None or offered is None or allocated is None or divisible is None:
            return None
        block = block_of(auction)
        return (f"{auction.id}-{self.counts[auction]:04}", block.mtu_start, block.mtu_end,
                "actual", zone, "aFRR", block.direction, plain(offered), plain(price),
                plain(allocated), divisible)

    @staticmethod
    def _divisible(reader: SheetReader, line: int, cells: Cells) -> str | None:
        note = reader.text(cells, "NOTE")
        if note and note.lower() != "indivisible":
            reader.report(line, "NOTE", "unknown_note", found=f"the note `{note[:60]}`",
                          expected="no note, or `indivisible`",
                          fix="What it means for the bid is not known here.")
            return None
        return "false" if note else "true"
