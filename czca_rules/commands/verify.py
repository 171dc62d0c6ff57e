"""`czca verify`: replay a report and say whether it comes out the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.progress import shown_progress
from czca_rules.commands.streams import in_color, say, width_of

EPILOG = options.EXAMPLES.format(
    "czca verify report.json submissions/gr-it-2026-03-11",
    "czca verify report.json submissions/gr-it-2026-03-11 --with history")


def verify(
    report: Annotated[Path, typer.Argument(
        metavar="REPORT.json", help="Report to replay, as written with -o report.json.")],
    submission: Annotated[Path, typer.Argument(
        metavar="SUBMISSION", help="The submission that the report is on.")],
    with_folders: Annotated[list[Path] | None, typer.Option(
        "--with", metavar="DIR", help="Context folder, in the order of the check; may repeat.",
    )] = None,
    ruleset: Annotated[str | None, typer.Option(
        metavar="ID|PATH", help="Ruleset, by default the one that the report names.")] = None,
    baseline: Annotated[Path | None, typer.Option(
        metavar="OLD.json", help="The baseline that the report was made with.")] = None,
) -> int:
    """Replay a report and name the first difference.

    Files and rules have to be those of the report, options are taken from it, and the bytes have
    to come out the same. Other versions of the programs are named; where the report differs in
    nothing else, it is replayed.

    Exit code: 0 replayed, 1 not the same, 2 could not start or finish.
    """
    from czca_rules import api
    from czca_rules.report.earlier.replay_text import render_replay

    with shown_progress() as progress:
        replay = api.verify(report, submission, ruleset, with_folders=tuple(with_folders or ()),
                            baseline=baseline, progress=progress)
    say(render_replay(replay, width_of(sys.stdout), in_color(sys.stdout)))
    return 0 if replay.replayed else 1
