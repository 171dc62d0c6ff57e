"""Which zones the borders of a submission join (connected components)."""

from __future__ import annotations

from collections.abc import Iterable


def components(zones: Iterable[str], borders: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each zone the first, by name, of all zones that borders join it with, itself included.

    >>> components(["A", "B", "C"], [("C", "B")])
    {'A': 'A', 'B': 'B', 'C': 'B'}
    """
    first = {zone: zone for zone in zones}
    for one, other in borders:
        joined = sorted((first[one], first[other]))
        first = {zone: joined[0] if name == joined[1] else name for zone, name in first.items()}
    return first
