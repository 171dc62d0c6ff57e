"""`czca init`: a folder to start a submission from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.streams import say, tell

EPILOG = options.EXAMPLES.format("czca init submissions/gr-it-2026-03-11",
                                 "czca init submissions/gr-it-2026-03-11 --grid")


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to lay out.")],
    grid: Annotated[bool, typer.Option(
        "--grid", help="Fill in all keys that follow from submission.yaml, with empty values.",
    )] = False,
) -> int:
    """Lay out a submission: a manifest with comments and a file for every table.

    Nothing that holds data is written over.
    """
    from czca_rules.tables.starter import init_submission

    for path in init_submission(directory, grid):
        say(path.as_posix())
    if not grid:
        tell("Describe the delivery in submission.yaml, then: czca init --grid with the same "
             "folder lays out the keys.")
    return 0
