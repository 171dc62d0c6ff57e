"""`czca compare`: what became of a report, finding by finding."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.streams import in_color, say, width_of

EPILOG = options.EXAMPLES.format("czca compare reports/revision-1.json reports/revision-2.json",
                                 "czca compare old.json new.json --json")


def compare(
    old: Annotated[Path, typer.Argument(
        metavar="OLD.json", help="The older report, as written with -o report.json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW.json", help="The newer report.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> int:
    """Show which findings are new, gone or changed.

    New ones are marked +, those gone -, those with other numbers or another outcome ~.

    Exit code: 0 no change, 1 changes, 2 could not compare.
    """
    from czca_rules.report.earlier.comparison import compared
    from czca_rules.report.earlier.comparison_text import comparison_json, render_comparison
    from czca_rules.report.earlier.reading import read_report

    found = compared(read_report(old).report, read_report(new).report)
    say(comparison_json(found) if as_json
        else render_comparison(found, width_of(sys.stdout), in_color(sys.stdout)))
    return int(found.differs)
