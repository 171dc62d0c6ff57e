"""A replay for a terminal: a line for each step, what differs below it, and the result last."""

from __future__ import annotations

from collections.abc import Iterator

from czca_rules.report.earlier.replay import Replay
from czca_rules.report.figures import grouped
from czca_rules.report.terminal import Line, render_lines
from czca_rules.report.words import listed

SHOWN_DETAILS = 20
_GUTTER = 10
_WORDS = {"files": "other files", "ruleset": "other rules", "baseline": "another baseline"}
_STYLES = {"same": "", "noted": "yellow", "differs": "bold red"}


def render_replay(replay: Replay, width: int = 80, color: bool = False) -> str:
    """The replay as text, wrapped to ``width``."""
    return render_lines(_lines(replay), width, color)


def _lines(replay: Replay) -> Iterator[Line]:
    for step in replay.steps:
        yield Line(step.text, _STYLES[step.ending], label=step.name, gutter=_GUTTER)
        for detail in step.details[:SHOWN_DETAILS]:
            yield Line(detail, indent=_GUTTER, hang=2)
        if len(step.details) > SHOWN_DETAILS:
            yield Line(f"and {grouped(len(step.details) - SHOWN_DETAILS)} more", indent=_GUTTER)
    yield Line()
    if replay.same_bytes:
        yield Line(": this submission gives the report byte for byte.", "bold green",
                   head="REPLAYED", hang=2)
    elif replay.replayed:
        yield Line(": this submission gives the report, verdict and findings alike; only the "
                   "versions of the programs in it are others.", "bold green", head="REPLAYED",
                   hang=2)
    else:
        yield Line(f": {_why_not(replay)}.", "bold red", head="NOT REPLAYED", hang=2)


def _why_not(replay: Replay) -> str:
    """In words why the report is not what was judged or came out."""
    last = replay.steps[-1]
    if last.name == "replay":
        return "this submission does not give this report"
    what = listed(_WORDS[step.name] for step in replay.steps if step.ending == "differs")
    return f"{what} cannot give the same report, so nothing was judged"
