"""The problems of a submission as they are found: exact counts, the first places of each kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from czca_rules.errors import Problem

#: Places kept for each kind of problem in each file; the count beside them is always exact.
SHOWN_PLACES = 100


def by_place(problem: Problem) -> tuple[str, bool, int, str, str, str]:
    """Sort key: file, line (problems of the whole file first), column, kind."""
    return (problem.file, problem.line is not None, problem.line or 0, str(problem.column or ""),
            problem.kind, problem.found)


class ProblemLog:
    """Collects problems; keeps the first places per file and kind and counts the rest."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._kept: defaultdict[tuple[str, str], list[Problem]] = defaultdict(list)

    def add(self, problem: Problem) -> None:
        """Note one problem; call in the order of lines within a file and kind."""
        self.add_counted(problem.file, problem.kind, 1, (problem,))

    def add_counted(self, file: str, kind: str, count: int, first: Iterable[Problem]) -> None:
        """Note ``count`` problems of one kind in one file, of which the first are given."""
        place = (file, kind)
        self._counts[place] += count
        kept = self._kept[place]
        for problem in first:
            if len(kept) >= SHOWN_PLACES:
                break
            kept.append(problem)

    def problems(self) -> tuple[Problem, ...]:
        """Everything kept, by file, line and column."""
        return tuple(sorted((problem for kept in self._kept.values() for problem in kept),
                            key=by_place))

    def counts(self) -> dict[tuple[str, str], int]:
        """The exact number of problems by (file, kind)."""
        return dict(sorted(self._counts.items()))
