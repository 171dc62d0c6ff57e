"""`czca convert`: official workbooks turned into a submission."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.streams import say

EPILOG = options.EXAMPLES.format(
    "czca convert regelleistung --tenders tenders.xlsx --overview results.xlsx \\\n"
    "    --bids bids.zip -o january",
    "czca convert regelleistung --tenders tenders.xlsx --overview results.xlsx \\\n"
    "    --bids first.xlsx --bids second.xlsx --from 2024-03-01 --to 2024-03-31 -o march")


def regelleistung(
    tenders: Annotated[Path, typer.Option(metavar="F", help="Workbook of tenders.")],
    overview: Annotated[Path, typer.Option(metavar="F", help="Workbook of results.")],
    bids: Annotated[list[Path], typer.Option(
        metavar="F", help="Workbook of anonymous bids; may repeat.")],
    output: Annotated[Path, typer.Option(
        "--output", "-o", metavar="DIR", help="Folder to write, which must not exist yet.")],
    day_from: Annotated[str | None, typer.Option(
        "--from", metavar="D", help="First delivery day, by default the first of the tenders.",
    )] = None,
    day_to: Annotated[str | None, typer.Option(
        "--to", metavar="D", help="Last delivery day, by default the last of the tenders.",
    )] = None,
) -> int:
    """Turn the workbooks of regelleistung.net on DE-AT aFRR capacity into a submission.

    Each F is an .xlsx file or a zip archive of one.
    """
    from czca_rules.convert import convert_regelleistung

    summary = convert_regelleistung(tenders, overview, bids, output,
                                    options.day(day_from, "--from"), options.day(day_to, "--to"))
    say(f"{summary.output.as_posix()}: {summary.auctions} auctions, {summary.day_from} to "
        f"{summary.day_to}")
    for name, rows in summary.tables:
        say(f"  {name}: {rows} rows")
    return 0
