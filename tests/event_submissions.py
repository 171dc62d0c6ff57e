"""Submissions of events for tests: two TSOs on one border, with a manifest that can be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from submission_folders import write

HEAD = "event_id,event,at,actor,market_day"
EVENTS = "events.csv"


def manifest(**changes: Any) -> dict[str, Any]:
    """A manifest of one delivery day, one product and one border."""
    return {
        "format": "czca-submission/1", "id": "test", "sender": {"id": "IPTO", "role": "tso"},
        "as_of": "2026-04-01T12:00:00+02:00",
        "stages": ["allocation", "procurement", "publication", "use", "yearly"],
        "methodology": "greece-italy-mb", "approach": "market_based",
        "delivery": {"from": "2026-03-11", "to": "2026-03-11"}, "mtu_minutes": 60,
        "tsos": [{"id": "IPTO", "country": "GR"}, {"id": "TERNA", "country": "IT"}],
        "zones": [{"id": "GR", "tsos": ["IPTO"], "lfc_block": "GR"},
                  {"id": "IT", "tsos": ["TERNA"], "lfc_block": "IT"}],
        "borders": [{"id": "GR/IT", "zones": ["GR", "IT"], "interconnectors": []}],
        "products": [{"product": "aFRR", "direction": "up"}],
        **changes}


def folder_of(path: Path, lines: str, head: str = HEAD, **changes: Any) -> Path:
    """A folder with a manifest and events, given as the lines of their file."""
    return write(path, {EVENTS: f"{head}\n{lines}"}, yaml.safe_dump(manifest(**changes)))


def event(name: str, what: str, at: str, actor: str | None = "IPTO",
          day: str | None = "2026-03-11", **more: str) -> dict[str, str | None]:
    """A row of events; ``at`` is a time of the day before delivery, or a whole instant."""
    moment = at if "-" in at else f"2026-03-10T{at}+01:00"
    return {"event_id": name, "event": what, "at": moment, "actor": actor, "market_day": day,
            **more}
