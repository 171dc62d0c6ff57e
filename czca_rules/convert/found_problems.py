"""Everything that is wrong with the files of one conversion, gathered before it is refused."""

from __future__ import annotations

from collections import Counter

from czca_rules.errors import Problem, ProblemsError

KEPT_PER_KIND = 100


class ConversionError(ProblemsError):
    """Workbooks that cannot be turned into a submission, with every problem found in them."""


class FoundProblems:
    """The problems of one conversion: all counted, the first 100 of each file and kind kept."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, file: str, line: int | None, column: str | None, kind: str, *,
            found: str, expected: str, fix: str = "") -> None:
        """Note one problem; ``line`` is the row of the sheet, the header being row 1."""
        self._counts[file, kind] += 1
        if self._counts[file, kind] <= KEPT_PER_KIND:
            self._kept.append(Problem(file, line, column, kind, found, expected, fix))

    def raise_if_any(self) -> None:
        """End the conversion when anything was noted.

        Raises :class:`ConversionError`.
        """
        if not self._kept:
            return
        totals = [
            Problem(file, None, None, kind, f"{count} problems of the kind `{kind}` in all",
                    "none", f"The first {KEPT_PER_KIND} are listed.")
            for (file, kind), count in self._counts.items() if count > KEPT_PER_KIND
        ]
        raise ConversionError([*totals, *self._kept])
