"""`czca init`: a folder or workbook to start a submission from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.streams import say, tell
from czca_rules.errors import UsageError

EPILOG = options.EXAMPLES.format("czca init submissions/gr-it-2026-03-11",
                                 "czca init submissions/gr-it-2026-03-11 --grid")


def init(
    directory: Annotated[Path, typer.Argument(
        metavar="DIR|NAME.xlsx", help="Folder to lay out, or workbook to write.")],
    grid: Annotated[bool, typer.Option(
        "--grid", help="Fill in all keys that follow from submission.yaml, with empty values.",
    )] = False,
) -> int:
    """Lay out a submission: a manifest with comments and a file or sheet for every table.

    Nothing that holds data is written over.
    """
    from czca_rules.tables.starter import init_submission

    if directory.suffix.lower() == ".xlsx" and not directory.is_dir():
        return _workbook(directory, grid)
    for path in init_submission(directory, grid):
        say(path.as_posix())
    if not grid:
        tell("Describe the delivery in submission.yaml, then: czca init --grid with the same "
             "folder lays out the keys.")
    return 0


def _workbook(path: Path, grid: bool) -> int:
    from czca_rules.tables.starter_workbook import init_workbook

    if grid:
        raise UsageError("--grid lays out a folder; paste its rows into the workbook.")
    say(init_workbook(path).as_posix())
    tell(f"Describe the delivery in the sheet `submission` and fill in the tables, then: czca "
         f"check {path.as_posix()}")
    return 0
