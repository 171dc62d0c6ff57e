"""The choices of readings under which a rule is judged: the defaults, then each other value."""

from __future__ import annotations

from collections.abc import Iterable

from czca_rules.rulebook.ruleset import Ruleset

Readings = dict[str, str]


def choices(ruleset: Ruleset, turning: Iterable[str]) -> list[Readings]:
    """The defaults, and each with one reading at another of its values."""
    defaults = ruleset.defaults()
    return [defaults, *({**defaults, name: value} for name in sorted(turning)
                        for value in ruleset.readings[name].values
                        if value != ruleset.readings[name].default)]


def said(ruleset: Ruleset, readings: Readings) -> str:
    """Which reading is not at its default, in words; empty where all are."""
    defaults = ruleset.defaults()
    other = [f"{name}={value}" for name, value in readings.items() if defaults[name] != value]
    return f" under {', '.join(other)}" if other else ""
