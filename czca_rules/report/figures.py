"""How numbers, instants and keys are written for people: exactly, and always the same way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation

from czca_rules.market_time.zone import MARKET_TIME
from czca_rules.report.model import FindingPart, Source

#: Wide enough for the difference of any two numbers a table can hold.
_EXACT = Context(prec=80)
_DIRECTIONS = (("from_zone", "to_zone"), ("provider_zone", "receiver_zone"))
_LAST = ("market_day", "mtu_start", "mtu_end", "period_start")
MINUS = "\u2212"


def grouped(count: int, mark: str = " ") -> str:
    """A count in groups of three.

    >>> grouped(1234567)
    '1 234 567'
    """
    return f"{count:,}".replace(",", mark)


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun in the right number.

    >>> counted(1, "rule"), counted(2, "rule")
    ('1 rule', '2 rules')
    """
    return f"{grouped(count)} {noun if count == 1 else plural or noun + 's'}"


def instant(text: str) -> datetime | None:
    """The instant a text stands for, or None where it is something else."""
    try:
        moment = datetime.fromisoformat(text) if text.endswith("Z") else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment else None


def short(value: str) -> str:
    """An instant without the zeros nobody needs; any other text as it is.

    >>> short("2026-03-11T00:15:00Z"), short("164")
    ('2026-03-11 00:15Z', '164')
    """
    moment = instant(value)
    if moment is None:
        return value
    return f"{moment:%Y-%m-%d %H:%M}Z" if not moment.second and not moment.microsecond \
        else value.replace("T", " ")


def market_time(value: str) -> str | None:
    """The same instant on the clock of the market, or None where the text is no instant.

    >>> market_time("2026-03-10T23:00:00Z")
    '2026-03-11 00:00 CET'
    """
    moment = instant(value)
    if moment is None:
        return None
    clock = moment.astimezone(MARKET_TIME)
    parts = "minutes" if not clock.second and not clock.microsecond else "auto"
    return f"{clock.replace(tzinfo=None).isoformat(' ', parts)} {clock:%Z}"


def on_clock(value: str) -> str:
    """An instant on the clock of the market; any other text as it is."""
    return market_time(value) or value


_FOR_ALL = frozenset((name, "all") for name in ("product", "direction", "border"))


def key_parts(key: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The key of a row, name and value: direction first, time last, the rest by name.

    What holds for all products, directions or borders is not said.
    """
    left = {name: value for name, value in key.items() if (name, value) not in _FOR_ALL}
    parts = []
    for start, end in _DIRECTIONS:
        if start in left and end in left:
            parts.append((f"{start} > {end}", f"{left.pop(start)}>{left.pop(end)}"))
    last = [(name, left.pop(name)) for name in _LAST if name in left]
    return (*parts, *sorted(left.items()), *last)


def key_text(key: Mapping[str, str]) -> str:
    """The key of a row in one line, such as ``GR>IT-SUD up aFRR 2026-03-11 00:00 CET``."""
    return " ".join(on_clock(value) for _, value in key_parts(key) if value)


def place(source: Source) -> str:
    """Where a row stands, as editors and people write it."""
    return source.file if source.line is None else f"{source.file}:{source.line}"


def required_text(finding: FindingPart) -> str:
    """What the rule asks for: one number, or the two ends of a range."""
    if finding.required_max is None:
        return short(finding.required or "")
    return f"{short(finding.required or '')} to {short(finding.required_max)}"


def excess(finding: FindingPart) -> str | None:
    """How far the observed value is beyond what is required, signed; None where it is no number.

    Below a range or a minimum the difference is negative. Instants give a length of time.
    """
    observed, bound = finding.observed, finding.required
    if observed is None or bound is None:
        return None
    difference = _difference(observed, bound)
    if finding.required_max is not None and difference is not None and difference[0] > 0:
        difference = _difference(observed, finding.required_max)
    return difference[1] if difference else None


def _difference(left: str, right: str) -> tuple[int, str] | None:
    from_left, from_right = instant(left), instant(right)
    if from_left and from_right:
        return _length(from_left - from_right)
    try:
        difference = _EXACT.subtract(Decimal(left), Decimal(right))
    except InvalidOperation:
        return None
    if not difference.is_finite():
        return None
    sign = (difference > 0) - (difference < 0)
    text = f"{abs(difference):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return sign, _signed(sign, text)


def _length(span: timedelta) -> tuple[int, str]:
    sign = (span > timedelta()) - (span < timedelta())
    length = abs(span)
    hours, seconds = divmod(length.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    words = [f"{number} {unit}" for number, unit in
             ((length.days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")) if number]
    return sign, _signed(sign, " ".join(words) or "0 min")


def _signed(sign: int, text: str) -> str:
    return {1: "+", 0: "", -1: MINUS}[sign] + text
