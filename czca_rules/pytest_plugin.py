"""A pytest plugin: every rule case under a folder `cases/<ruleset>/` is a test of its own.

``pytest fixtures/cases`` runs them; a failure says what was expected and what was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from czca_rules.check.cases import Case, CaseFile
    from czca_rules.rulebook.ruleset import Ruleset


class CaseFailed(Exception):
    """A case that came out otherwise than it must."""


class RuleCases(pytest.File):
    """One case file."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each case of the file."""
        from czca_rules.check.cases import case_files
        from czca_rules.rulebook.loading import load_ruleset

        folder = self.path.parent.name
        ruleset = load_ruleset(folder)
        for path, file in case_files(folder):
            if path.name == self.path.name:
                for case in file.cases:
                    yield RuleCase.from_parent(self, name=f"{file.rule}: {case.name}",
                                               loaded=(ruleset, path, file, case))


class RuleCase(pytest.Item):
    """One case of one rule, judged by the engine and by the interpreter."""

    def __init__(self, *, loaded: tuple[Ruleset, Path, CaseFile, Case], **rest: Any) -> None:
        super().__init__(**rest)
        self.loaded = loaded

    def runtest(self) -> None:
        """Run the case."""
        from czca_rules.check.cases import load_case, run_case

        loaded = load_case(*self.loaded)
        try:
            wrong = run_case(loaded)
        finally:
            loaded.judging.submission.engine.close()
        if wrong is not None:
            raise CaseFailed(wrong)

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """What was expected and what was found, without a traceback."""
        if isinstance(excinfo.value, CaseFailed):
            return f"{self.name}\n  {excinfo.value}"
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case stands."""
        return self.path, None, self.name


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect case files: YAML files in a folder of a shipped ruleset's name below `cases`."""
    if file_path.suffix != ".yaml" or file_path.name == "given.yaml" \
            or file_path.parent.parent.name != "cases":
        return None
    return RuleCases.from_parent(parent, path=file_path)
