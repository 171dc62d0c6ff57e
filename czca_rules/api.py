"""The public interface: load, check, save.

>>> from czca_rules import check                              # doctest: +SKIP
>>> report = check("submissions/gr-it-2026-03-11")            # doctest: +SKIP
>>> report.verdict                                            # doctest: +SKIP
'not_compliant'
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import Finding as FoundRow
from czca_rules.check.judging import Judging, Options
from czca_rules.errors import UsageError
from czca_rules.report.assembly import assemble
from czca_rules.report.canonical import canonical_bytes, write_atomically
from czca_rules.report.model import FindingPart as Finding
from czca_rules.report.model import OutcomePart as Outcome
from czca_rules.report.model import ReportModel
from czca_rules.report.printable import masked
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.tables.engine import DEFAULT_MEMORY
from czca_rules.tables.specification import TABLES
from czca_rules.tables.submission import Submission, load_submission

Verdict = Literal["compliant", "not_compliant", "undecided"]
FINDINGS = 100
SUFFIXES = (".json", ".html")

__all__ = ["Finding", "Outcome", "Report", "Submission", "Verdict", "check", "load_ruleset",
           "load_submission"]


class Report:
    """What a check found: the verdict, every rule's outcome, every finding with its evidence.

    ``every_finding`` is the file that holds all findings, where one was asked for.
    """

    def __init__(self, model: ReportModel, every_finding: Path | None = None) -> None:
        self.model, self.every_finding = model, every_finding

    @property
    def verdict(self) -> Verdict:
        """``compliant``, ``not_compliant`` or ``undecided``, within the report's scope."""
        return self.model.verdict

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every rule's outcome, in the order of the methodology."""
        return self.model.outcomes

    @property
    def findings(self) -> list[Finding]:
        """The findings of all rules (each rule's are capped, its counts are not)."""
        return [finding for outcome in self.model.outcomes for finding in outcome.findings]

    def to_json(self) -> bytes:
        """The canonical bytes: the same input gives the same bytes."""
        return canonical_bytes(self.model)

    def to_html(self) -> str:
        """One self-contained page."""
        from czca_rules.report.page import render_page

        return render_page(self.model)

    def to_text(self, width: int = 80, color: bool = False) -> str:
        """What the terminal shows."""
        from czca_rules.report.terminal import render_terminal

        return render_terminal(self.model, width, color)

    def save(self, path: str | Path) -> None:
        """Write the report in the format of the file's suffix, wholly or not at all."""
        target = Path(path)
        refuse_suffix(target)
        content = self.to_json() if target.suffix == ".json" else self.to_html().encode()
        write_atomically(target, content)


def refuse_suffix(path: Path) -> None:
    """Raise ``UsageError`` for a file whose suffix is no format of a report."""
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path.name}: a report is written as {' or '.join(SUFFIXES)}.")


def check(submission: Submission | str | Path, ruleset: Ruleset | str | None = None, *,
          with_folders: Sequence[str | Path] = (), stages: Sequence[str] = (),
          law_date: date | None = None, readings: Mapping[str, str] | None = None,
          all_readings: bool = False, select: Sequence[str] = (), ignore: Sequence[str] = (),
          findings: int | None = FINDINGS, confidential: bool = False,
          memory_limit: str | None = None, every_finding: str | Path | None = None) -> Report:
    """Judge a submission by a ruleset (the one its manifest names, if none is given).

    ``findings`` caps those that the report lists for each rule. ``every_finding`` names a report
    file; all findings are written beside it, one JSON object a line.

    Raises ``CzcaError`` where no verdict can be reached: a manifest or ruleset that cannot be
    read, an option that does not exist, a limit reached. Wrong rows never raise; they are listed
    in the report, and what rests on them is not assessable.
    """
    if not isinstance(submission, Submission):
        with load_submission(Path(submission), [Path(folder) for folder in with_folders],
                             memory_limit=memory_limit or DEFAULT_MEMORY) as loaded:
            report = _checked(loaded, ruleset, Options(
                tuple(stages), law_date, dict(readings or {}), all_readings, tuple(select),
                tuple(ignore)), findings, confidential, every_finding)
            loaded.verify_unchanged()
            return report
    return _checked(submission, ruleset, Options(
        tuple(stages), law_date, dict(readings or {}), all_readings, tuple(select),
        tuple(ignore)), findings, confidential, every_finding)


def _checked(submission: Submission, ruleset: Ruleset | str | None, options: Options,
             findings: int | None, confidential: bool,
             every_finding: str | Path | None) -> Report:
    law = ruleset if isinstance(ruleset, Ruleset) else load_ruleset(
        ruleset or submission.manifest.methodology)
    judging = Judging(submission, law, options)
    outcomes = judging.outcomes()
    evidence = Evidence(judging, findings, None if confidential else Masking(submission))
    found = evidence.findings(outcomes)
    model = assemble(judging, outcomes, found, evidence, confidential)
    if every_finding is None:
        return Report(model)
    from czca_rules.check.every_finding import every_finding as stream
    from czca_rules.report.finding_lines import write_finding_lines

    def findings_of_files_that_stayed() -> Iterator[FoundRow]:
        yield from stream(evidence, outcomes)
        submission.verify_unchanged()  # before the file gets its name

    return Report(model, write_finding_lines(Path(every_finding), findings_of_files_that_stayed()))


class Masking:
    """Masks confidential values by a keyed hash that is stable within a submission.

    The key comes from all confidential values together and from nothing that a report shows:
    whoever could compute it from the stated file hashes would try all prices.
    """

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.key: bytes | None = None

    def __call__(self, value: str) -> str:
        if self.key is None:
            self.key = self._key()
        return masked(value, self.key)

    def _key(self) -> bytes:
        digest = hashlib.sha256(b"czca-mask/1")
        for name, spec in TABLES.items():
            secret = [column.name for column in spec.columns if column.confidential]
            if not secret or self.submission.tables[name].status != "ready":
                continue
            listed = ", ".join(f'"{column}"' for column in secret)
            found = self.submission.engine.query(
                f"SELECT bit_xor(md5_number(concat_ws('|', 'czca-mask/1', {listed}))) "
                f'FROM "t_{name}"')
            digest.update(f"{name}={found[0][0]};".encode())
        return digest.digest()
