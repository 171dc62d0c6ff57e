"""What can go wrong before a verdict, as one tree of exceptions.

::

    CzcaError                 anything that ends a run without a verdict (exit code 2)
     ├─ UsageError            an option or name that does not exist
     ├─ RulesetError          a ruleset that cannot be read; carries its problems
     ├─ SubmissionError       a submission that cannot be read at all; carries its problems
     ├─ ReportError           a file that should be a report and is none
     └─ LimitReached          an input larger than a stated limit

A finding about the data of a submission is never an exception: it is a row of the report.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_EXAMPLES = 20


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with an input file, at the place where it stands.

    ``line`` and ``column`` count from 1; ``column`` is a character position in YAML and a
    column's name in a table. ``kind`` is a stable word such as ``unknown_column``.
    """

    file: str
    line: int | None
    column: int | str | None
    kind: str
    found: str
    expected: str
    fix: str

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f":{self.line}"
        if self.column is not None:
            place += f":{self.column}"
        text = f"{place}: {self.found}; expected {self.expected}."
        return f"{text} {self.fix}" if self.fix else text


class CzcaError(Exception):
    """Anything that ends a run without a verdict."""


class UsageError(CzcaError):
    """An option, identifier or path that does not exist."""


class ReportError(CzcaError):
    """A file that should be a report and is none, or one that contradicts itself."""


class LimitReached(CzcaError):
    """An input is larger than a stated limit, so reading it stopped."""


class ProblemsError(CzcaError):
    """An input that cannot be read, with every problem that was found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:SHOWN_EXAMPLES]]
        if len(self.problems) > SHOWN_EXAMPLES:
            shown.append(f"… ({len(self.problems)} in total)")
        super().__init__("\n".join(shown))


class RulesetError(ProblemsError):
    """A ruleset that cannot be read."""


class SubmissionError(ProblemsError):
    """A submission that cannot be read at all."""


def near_miss(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or which names there are.

    >>> near_miss("allocated_mv", ["allocated_mw", "mtu_start"])
    'Did you mean `allocated_mw`?'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    listed = ", ".join(names[:12]) + (f", … ({len(names)} in total)" if len(names) > 12 else "")
    return f"There are: {listed}." if names else "There are none."
