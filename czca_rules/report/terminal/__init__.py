"""The report for a terminal: what failed, what could not be judged, and the verdict last."""

from czca_rules.report.terminal.lines import Line, render_lines
from czca_rules.report.terminal.screen import render_terminal

__all__ = ["Line", "render_lines", "render_terminal"]
