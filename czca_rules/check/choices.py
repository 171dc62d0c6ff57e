"""What the user chose of a check: stages, the law's date, readings, rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from czca_rules.errors import UsageError, near_miss
from czca_rules.rulebook.ruleset import Ruleset


@dataclass(frozen=True)
class Options:
    """What the user chose: stages, the law's date, readings settled, rules selected or ignored."""

    stages: tuple[str, ...] = ()
    law_date: date | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    all_readings: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def settled_readings(ruleset: Ruleset, options: Options) -> dict[str, str]:
    """Every reading at its default, or as the auditor settled it."""
    readings = ruleset.defaults()
    for name, value in options.readings.items():
        if name not in readings:
            raise UsageError(f"{ruleset.id} has no reading `{name}`. {near_miss(name, readings)}")
        values = ruleset.readings[name].values
        if value not in values:
            raise UsageError(f"reading `{name}` cannot be `{value}`. {near_miss(value, values)}")
        readings[name] = value
    return readings


def meant(name: str, rules: Iterable[str]) -> set[str]:
    """The rules meant by an identifier, or by the beginning of some (`CE-6`, `GI`).

    >>> sorted(meant("GI-8.1", ["GI-8.1", "GI-8.1-new-link", "GI-8.2"]))
    ['GI-8.1']
    """
    known = set(rules)
    return {name} if name in known else {
        rule for rule in known if rule.startswith((f"{name}.", f"{name}-"))}


def natural(text: str) -> tuple[Any, ...]:
    """A sort key by which 6.10 comes after 6.9."""
    pieces = text.replace("-", ".").split(".")
    return tuple((0, int(piece)) if piece.isdigit() else (1, piece) for piece in pieces)
