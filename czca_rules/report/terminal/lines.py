"""Lines before they are wrapped, and how a terminal of any width shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from czca_rules.report.printable import printable

NARROWEST = 40
#: Characters that labels such as ``fix`` and ``law`` take up before their text.
GUTTER = 8
STYLES = {"failed": "bold red", "not_assessable": "bold yellow", "exempt": "bold blue",
          "passed": "bold green", "not_compliant": "bold red", "undecided": "bold yellow",
          "compliant": "bold green"}


@dataclass(frozen=True)
class Line:
    """One line before it is wrapped: an indent, a label in the gutter, styled text.

    What does not fit goes on below the text, ``hang`` characters further in.
    """

    text: str = ""
    style: str = ""
    indent: int = 0
    label: str = ""
    gutter: int = 0
    head: str = ""
    hang: int = 0


def labelled(label: str, text: str) -> Line:
    """A line of a rule with its label in the gutter."""
    return Line(text, indent=2, label=label, gutter=GUTTER)


def render_lines(lines: Iterable[Line], width: int = 80, color: bool = False) -> str:
    """Lines as a terminal shows them, wrapped to ``width``."""
    from rich.console import Console

    out = StringIO()
    console = Console(file=out, width=max(width, NARROWEST), height=25, force_terminal=color,
                      color_system="standard" if color else None, no_color=not color, markup=False,
                      emoji=False, highlight=False, legacy_windows=False, _environ={})
    for line in lines:
        for piece in _wrapped(line, console.width):
            console.print(piece, soft_wrap=True)
    return out.getvalue()


def _wrapped(line: Line, width: int) -> Iterator[object]:
    from rich.console import Console
    from rich.text import Text

    body = Text.assemble((printable(line.head), line.style), printable(line.text)) \
        if line.head else Text(printable(line.text), line.style)
    room = max(width - line.indent - line.gutter - line.hang, 10)
    pieces = body.wrap(Console(width=room), room) if body else [body]
    for number, piece in enumerate(pieces):
        piece.rstrip()
        margin = Text(" " * (line.indent + (line.hang if number else 0)))
        margin.append((line.label if number == 0 else "").ljust(line.gutter), "dim")
        yield Text.assemble(margin, piece) if piece or line.label else piece
