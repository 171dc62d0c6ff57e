"""What the parts of a manifest must agree on.

The checks across parts run over the raw values, so that they report even where another part of
the file cannot be read: one run names everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from czca_rules.errors import Problem, near_miss
from czca_rules.market_time.spans import parse_day
from czca_rules.market_time.zone import MarketTimeError
from czca_rules.strict_model import Path, line_and_column

MOST_DELIVERY_DAYS = 1100


class _Checks:
    """The checks across parts, over raw values of any shape."""

    def __init__(self, data: Mapping[str, Any], shown_as: str) -> None:
        self.data = data
        self.file = shown_as
        self.problems: list[Problem] = []

    def report(self, path: Path, kind: str, found: str, expected: str, fix: str = "",
               of_key: bool = False) -> None:
        line, column = line_and_column(self.data, path, of_key)
        self.problems.append(Problem(self.file, line, column, kind, found, expected, fix))

    def items(self, *path: str | int) -> list[tuple[Path, Mapping[str, Any]]]:
        """The mappings of the list at a path, each with its own path."""
        here: Any = self.data
        for part in path:
            if isinstance(part, int):
                here = here[part]
            else:
                here = here.get(part) if isinstance(here, Mapping) else None
        if not isinstance(here, list | tuple):
            return []
        return [((*path, index), item) for index, item in enumerate(here)
                if isinstance(item, Mapping)]

    def unique(self, items: Iterable[tuple[Path, Mapping[str, Any]]], fields: tuple[str, ...],
               what: str) -> set[str]:
        """Report what occurs twice; return the first field of each."""
        seen: dict[tuple[str, ...], Path] = {}
        for path, item in items:
            values = tuple(item.get(name) for name in fields)
            if not all(isinstance(value, str) for value in values):
                continue
            if values in seen:
                self.report((*path, fields[0]), "duplicate_id",
                            f"the {what} `{' '.join(map(str, values))}` a second time",
                            f"each {what} once", "Remove one of the two.")
            seen.setdefault(tuple(map(str, values)), path)
        return {values[0] for values in seen}

    def known(self, path: Path, value: Any, names: set[str], what: str,
              of_key: bool = False) -> None:
        if isinstance(value, str) and value not in names:
            self.report(path, f"unknown_{what}", f"the unknown {what} `{value}`",
                        f"a {what} of the manifest", near_miss(value, names), of_key)

    def run(self) -> list[Problem]:
        tsos = self.unique(self.items("tsos"), ("id",), "tso")
        zones = self.unique(self.items("zones"), ("id",), "zone")
        borders = self.unique(self.items("borders"), ("id",), "border")
        self.unique(self.items("products"), ("product", "direction"), "product")
        for path, zone in self.items("zones"):
            for index, tso in enumerate(_listed(zone.get("tsos"))):
                self.known((*path, "tsos", index), tso, tsos, "tso")
        self.borders(zones, tsos)
        for path, claim in self.items("relies_on"):
            self.known((*path, "border"), claim.get("border"), borders, "border")
        stages = _listed(self.data.get("stages"))
        for index, stage in enumerate(stages):
            if isinstance(stage, str) and stage in stages[:index]:
                self.report(("stages", index), "duplicate_id", f"the stage `{stage}` a second "
                            "time", "each stage once")
        self.days()
        return self.problems

    def borders(self, zones: set[str], tsos: set[str]) -> None:
        links: list[tuple[Path, Mapping[str, Any]]] = []
        pairs: dict[frozenset[str], str] = {}
        for path, border in self.items("borders"):
            ends = [end for end in _listed(border.get("zones")) if isinstance(end, str)]
            for index, end in enumerate(_listed(border.get("zones"))):
                self.known((*path, "zones", index), end, zones, "zone")
            pair = frozenset(ends)
            if len(ends) == 2 and len(pair) == 1:
                self.report((*path, "zones"), "bad_border", f"`{ends[0]}` on both sides",
                            "two different zones")
            elif len(ends) == 2 and pair in pairs:
                self.report((*path, "zones"), "bad_border", "the same two zones as border "
                            f"`{pairs[pair]}`", "one border between two zones",
                            "List all interconnectors under one border.")
            pairs.setdefault(pair, str(border.get("id")))
            inner = self.items(*path, "interconnectors")
            links.extend(inner)
            for link_path, link in inner:
                self.link(link_path, link, ends, tsos)
        self.unique(links, ("id",), "interconnector")

    def link(self, path: Path, link: Mapping[str, Any], ends: list[str], tsos: set[str]) -> None:
        installed = link.get("installed_mw")
        allowed = {f"{a}>{b}" for a in ends for b in ends if a != b}
        for name in installed if isinstance(installed, Mapping) and allowed else ():
            if name not in allowed:
                self.report((*path, "installed_mw", name), "unknown_direction",
                            f"the direction `{name}`", "a direction of this border",
                            near_miss(str(name), allowed), of_key=True)
        shares = link.get("shares")
        if not isinstance(shares, Mapping):
            return
        for name in shares:
            self.known((*path, "shares", name), name, tsos, "tso", of_key=True)
        numbers = [Decimal(repr(value)) if isinstance(value, float) else value
                   for value in shares.values()]
        if all(isinstance(value, int | Decimal) for value in numbers) and sum(numbers) != 1:
            self.report((*path, "shares"), "bad_shares", f"shares that sum to {sum(numbers)}",
                        "a sum of exactly 1", "Put the rest of a rounding on one of them.")

    def days(self) -> None:
        delivery = self.data.get("delivery")
        first, last = (_day_of(delivery.get(name)) if isinstance(delivery, Mapping) else None
                       for name in ("from", "to"))
        minutes = self.data.get("mtu_minutes")
        if isinstance(minutes, Mapping):
            starts = [day for day in map(_day_of, minutes) if day is not None]
            if first is not None and len(starts) == len(minutes) and starts \
                    and first < min(starts):
                self.report(("mtu_minutes",), "bad_mtu", f"no length before {min(starts)}",
                            f"one in force on the first delivery day, {first}")
        if first is None or last is None:
            return
        if first > last:
            self.report(("delivery", "to"), "bad_delivery", f"{last}, which is before {first}",
                        "a last day that is not before the first")
        elif (last - first).days >= MOST_DELIVERY_DAYS:
            self.report(("delivery", "to"), "too_long", f"{(last - first).days + 1} market days",
                        f"at most {MOST_DELIVERY_DAYS}", "Hand in a submission for each year.")


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _day_of(value: Any) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return parse_day(value) if isinstance(value, str) else None
    except MarketTimeError:
        return None


def cross_problems(data: Mapping[str, Any], shown_as: str) -> list[Problem]:
    """Everything on which the parts of a manifest disagree."""
    return _Checks(data, shown_as).run()


def item_lines(data: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
    """The line of each listed item of a valid manifest file, by kind and id."""
    checks = _Checks(data, "")
    borders = checks.items("borders")
    listed = [("tso", checks.items("tsos")), ("zone", checks.items("zones")),
              ("border", borders), ("product", checks.items("products")),
              ("interconnector", [link for path, _ in borders
                                  for link in checks.items(*path, "interconnectors")])]
    lines: dict[tuple[str, ...], int] = {}
    for kind, items in listed:
        for path, item in items:
            line, _ = line_and_column(data, path)
            names = (item["product"], item["direction"]) if kind == "product" else (item["id"],)
            if line is not None:
                lines[(kind, *names)] = line
    return lines
