"""How many rows of a submission have been read so far, for whoever watches."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from czca_rules.progress import Progress


class RowsRead:
    """Counts rows through the two passes of intake: the check of cells, and the time axis."""

    def __init__(self, progress: Progress, rows: Iterable[int]) -> None:
        self.progress, self.total = progress, sum(rows)
        self._passed = 0
        self._lock = threading.Lock()
        progress("Reading tables", 0, self.total, "rows")

    def add(self, rows: int) -> None:
        """So many rows have gone through one more pass."""
        with self._lock:
            self._passed += rows
            self.progress("Reading tables", self._passed // 2, self.total, "rows")
