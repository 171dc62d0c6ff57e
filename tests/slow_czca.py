"""`czca` with a step that does not end by itself, for tests that interrupt it or watch it.

``python tests/slow_czca.py WHERE ARGUMENTS...``; WHERE is ``reading`` (a statement in two threads
of intake), ``judging`` (one long statement), ``collecting`` (Python alone), ``writing`` (the file
of all findings, half of it), ``watched`` (judging sleeps for a while, then goes on) or ``none``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

from czca_rules import cli
from czca_rules.check import every_finding, judging
from czca_rules.check.evidence import Evidence
from czca_rules.tables import submission

ENDLESS = ("SELECT count(*) FROM range(4000000) a(i), range(2000000) b(j) "
           "WHERE hash(i, j) % 3 = 1")
WATCHED_S = 1.5


def begun() -> None:
    """Say that the endless step is reached."""
    print("begun", file=sys.stderr, flush=True)


def endless_statement(engine: Any) -> None:
    """Run a statement that takes hours."""
    begun()
    engine.query(ENDLESS)


def reading(table: Any, number: int, setting: Any, engine: Any, log: Any) -> None:
    """In the place of taking a table in, in two threads at once."""
    endless_statement(engine)


def judged(self: Any, statements: Any) -> Any:
    """In the place of judging."""
    endless_statement(self.submission.engine)


def watched(self: Any, statements: Any) -> Any:
    """Judging that can be watched."""
    engine = self.submission.engine
    started = time.monotonic()
    number = 0
    while time.monotonic() - started < WATCHED_S:
        number += 1
        engine.progress("Judging rules", number, 1_000_000, "relations")
    yield from counted(self, statements)


def collecting(self: Any, outcomes: Any) -> Any:
    """In the place of collecting findings."""
    begun()
    while True:
        pass


def writing(evidence: Any, outcomes: Any) -> Iterator[Any]:
    """One finding of many."""
    yield next(findings(evidence, outcomes))
    endless_statement(evidence.judging.submission.engine)


counted, findings = judging.Judging._counted, every_finding.every_finding

if __name__ == "__main__":
    where = sys.argv[1]
    if where == "reading":
        submission.take_in = reading
    elif where == "judging":
        judging.Judging._counted = judged  # type: ignore[method-assign]
    elif where == "watched":
        judging.Judging._counted = watched  # type: ignore[method-assign]
    elif where == "collecting":
        Evidence.findings = collecting  # type: ignore[method-assign]
    elif where == "writing":
        every_finding.every_finding = writing
    cli.main(sys.argv[2:])
