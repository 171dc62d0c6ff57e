"""What the named functions compute; their signatures stand in ``rulebook.functions``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from czca_rules.market_time.spans import period_end

Key = tuple[Any, ...]


def consolidation_period(manifest: Any, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    """End of the consolidation period begun at each instant (Core methodology Art. 12(5)-(7))."""
    length = manifest.cooperation.consolidation_period
    result: dict[Key, dict[str, Any]] = {}
    for key in keys:
        start: datetime | None = key[0]
        if start is not None:
            result[key] = {"until": period_end(start, length)}
    return result


NAMED_FUNCTIONS: Mapping[str, Callable[[Any, Iterable[Key]], dict[Key, dict[str, Any]]]] = {
    "consolidation_period": consolidation_period,
}
