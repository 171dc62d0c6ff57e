"""Markup of drawings: elements, escaped text, and lengths in tenths of a pixel.

Lengths are whole tenths everywhere, so no rounding of floats can differ between machines.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from html import escape

from czca_rules.report.printable import printable

#: Width of one character of a text, on average, in tenths: cautious for every sans serif.
CHARACTER = 80
ELLIPSIS = "…"


class Markup(str):
    """Markup that is ready to stand in a page."""

    __slots__ = ()

    def __add__(self, other: str) -> Markup:
        """Markup and more of it; plain text is escaped."""
        return Markup(str.__add__(self, other if isinstance(other, Markup) else words(other)))


def tag(name: str, *content: Markup, **attributes: str | int | None) -> Markup:
    """An element; numbers are tenths of a pixel, None leaves an attribute out.

    >>> tag("rect", x=15, class_="a")
    '<rect x="1.5" class="a"/>'
    """
    start = name + "".join(f' {_attribute(key)}="{_value(value)}"'
                           for key, value in attributes.items() if value is not None)
    inner = "".join(content)
    return Markup(f"<{start}>{inner}</{name}>" if inner else f"<{start}/>")


def joined(parts: Iterable[Markup]) -> Markup:
    """Markup one after the other."""
    return Markup("".join(parts))


def words(text: str) -> Markup:
    """Text from anywhere, harmless in markup."""
    return Markup(escape(printable(text)))


def label(x: int, y: int, text: str, kind: str | None = None) -> Markup:
    """A line of text; ``kind`` names its classes."""
    return tag("text", words(text), x=x, y=y, class_=kind)


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, as it will be shown."""
    shown = printable(text)
    return shown if len(shown) <= most else shown[:max(most - 1, 0)].rstrip() + ELLIPSIS


def width_of(text: str) -> int:
    """About how wide a text is, rather too wide than too narrow."""
    return len(printable(text)) * CHARACTER


def px(tenths: int) -> str:
    """A length in pixels, as short as it can be written.

    >>> px(1230), px(-5), px(0)
    ('123', '-.5', '0')
    """
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole or (not rest and '0') or ''}" + (f".{rest}" if rest else "")


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves up: exact, unlike rounding of floats."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def factor_text(value: Fraction) -> str:
    """A factor above zero as an attribute holds it, to five decimals.

    >>> factor_text(Fraction(1, 30))
    '0.03333'
    """
    whole, rest = divmod(rounded(value * 10**5), 10**5)
    return f"{whole}.{rest:05d}"


def drawing(of: str, size: tuple[int, int], about: tuple[str, str], *content: Markup,
            kind: str) -> Markup:
    """An ``svg`` of a width and height with its title and description; ``of`` is its id."""
    title, description = about
    return tag(
        "svg", tag("title", words(title), id=f"{of}-title"),
        tag("desc", words(description), id=f"{of}-desc"), *content,
        class_=f"drawn {kind}", viewBox=f"0 0 {px(size[0])} {px(size[1])}", role="img",
        aria_labelledby=f"{of}-title {of}-desc")


def hatching(name: str, kind: str) -> Markup:
    """A pattern of slanting lines, to be used as ``url(#name)``."""
    line = tag("path", d="M-2 2l4-4M0 8l8-8M6 10l4-4", class_=kind)
    return tag("defs", tag("pattern", line, id=name, width=80, height=80,
                           patternUnits="userSpaceOnUse"))


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | int) -> str:
    return px(value) if isinstance(value, int) else escape(value)
