"""How long a user waits: a cold start of the command, in processes of their own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

COMMAND = [sys.executable, "-c", "from czca_rules.cli import main; main()"]
DAY = Path("fixtures/submissions/demo")


def seconds_of(arguments: Sequence[str], times: int = 5) -> float | None:
    """Median seconds of the command with arguments; nothing if it cannot run."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        done = subprocess.run([*COMMAND, *arguments], capture_output=True, check=False)
        taken.append(time.perf_counter() - start)
        if done.returncode not in (0, 1, 2) or b"Traceback" in done.stderr:
            return None
    return median(taken)


def bare_seconds(times: int = 5) -> float:
    """Median seconds of Python starting up and nothing else."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        taken.append(time.perf_counter() - start)
    return median(taken)
