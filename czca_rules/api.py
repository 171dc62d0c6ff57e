"""The public interface: load, check, save.

>>> from czca_rules import check                              # doctest: +SKIP
>>> report = check("submissions/gr-it-2026-03-11")            # doctest: +SKIP
>>> report.verdict                                            # doctest: +SKIP
'not_compliant'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import Finding as FoundRow
from czca_rules.check.judging import Judging, Options
from czca_rules.progress import Progress, silent
from czca_rules.report.assembly import assemble, environment
from czca_rules.report.canonical import canonical_bytes, write_atomically
from czca_rules.report.earlier.baseline import every_row, marked
from czca_rules.report.earlier.comparison import Comparison, compared
from czca_rules.report.earlier.known import exit_code
from czca_rules.report.earlier.reading import Recorded, read_report
from czca_rules.report.earlier.replay import (
    Replay,
    options_of,
    outcome_of_replay,
    refuse_baseline,
    steps_before,
)
from czca_rules.report.formats import WRITERS, format_of
from czca_rules.report.masking import Masking
from czca_rules.report.model import FindingPart as Finding
from czca_rules.report.model import OutcomePart as Outcome
from czca_rules.report.model import ReportModel
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.tables.engine import DEFAULT_MEMORY
from czca_rules.tables.submission import Submission, load_submission

if TYPE_CHECKING:
    from czca_rules.report.findings_file import FindingsForm

Verdict = Literal["compliant", "not_compliant", "undecided"]
FINDINGS = 100

__all__ = ["Comparison", "Finding", "Outcome", "Replay", "Report", "Submission", "Verdict", "check",
           "compare", "load_ruleset", "load_submission", "verify"]


class Report:
    """What a check found: the verdict, every rule's outcome, every finding with its evidence.

    ``every_finding`` is the file that holds all findings, where one was asked for; ``places`` are
    the submission and its context folders, where they were read from files.
    """

    def __init__(self, model: ReportModel, every_finding: Path | None = None,
                 places: tuple[Path, ...] = ()) -> None:
        self.model, self.every_finding, self.places = model, every_finding, places

    @property
    def verdict(self) -> Verdict:
        """``compliant``, ``not_compliant`` or ``undecided``, within the report's scope."""
        return self.model.verdict

    @property
    def exit_code(self) -> int:
        """What the command line ends with: 0, 1 or 3; with a baseline, by what is new."""
        return exit_code(self.model)

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

    def to_sarif(self) -> bytes:
        """SARIF 2.1.0, for code scanning; files are named from the current folder."""
        from czca_rules.report.sarif import folder_from_here, sarif

        return sarif(self.model, tuple(map(folder_from_here, self.places)))

    def to_junit(self) -> bytes:
        """JUnit XML, a test case for each rule."""
        from czca_rules.report.junit import junit

        return junit(self.model)

    def to_csv(self) -> bytes:
        """The findings that the report lists, one row each."""
        from czca_rules.report.findings_csv import findings_csv

        return findings_csv(self.model)

    def to_xlsx(self) -> bytes:
        """A workbook; ``UsageError`` where the extra ``xlsx`` is not installed."""
        from czca_rules.report.workbook import workbook

        return workbook(self.model)

    def save(self, path: str | Path) -> None:
        """Write the report in the format of the file's suffix, wholly or not at all.

        Suffixes: ``.json``, ``.html``, ``.sarif``, ``.junit.xml``, ``.xlsx``, ``.csv``. Raises
        ``UsageError`` for another, ``OSError`` where the file cannot be written.
        """
        target = Path(path)
        ending = format_of(target)
        write_atomically(target, self.to_sarif() if ending == ".sarif"
                         else WRITERS[ending](self.model))


def check(submission: Submission | str | Path, ruleset: Ruleset | str | None = None, *,
          with_folders: Sequence[str | Path] = (), stages: Sequence[str] = (),
          law_date: date | None = None, readings: Mapping[str, str] | None = None,
          all_readings: bool = False, select: Sequence[str] = (), ignore: Sequence[str] = (),
          findings: int | None = FINDINGS, confidential: bool = False,
          memory_limit: str | None = None, every_finding: str | Path | None = None,
          every_finding_as: FindingsForm = "parquet", baseline: str | Path | None = None,
          progress: Progress = silent) -> Report:
    """Judge a submission by a ruleset (the one its manifest names, if none is given).

    ``findings`` caps those that the report lists for each rule. ``every_finding`` names a folder;
    all findings are written into it, in a file named with its hash, which the report states.
    ``baseline`` names an older report, whose findings are marked as known. ``progress`` is told of
    every step.

    Raises ``CzcaError`` where no verdict can be reached: a manifest or ruleset that cannot be
    read, an option that does not exist, a limit reached. Wrong rows never raise; they are listed
    in the report, and what rests on them is not assessable.
    """
    known = None if baseline is None else read_report(Path(baseline))
    if not isinstance(submission, Submission):
        with load_submission(Path(submission), [Path(folder) for folder in with_folders],
                             memory_limit=memory_limit or DEFAULT_MEMORY,
                             progress=progress) as loaded:
            report = _checked(loaded, ruleset, Options(
                tuple(stages), law_date, dict(readings or {}), all_readings, tuple(select),
                tuple(ignore)), findings, confidential, every_finding, every_finding_as, known)
            loaded.verify_unchanged()
            report.places = tuple(map(Path, (submission, *with_folders)))
            return report
    submission.engine.progress = progress
    return _checked(submission, ruleset, Options(
        tuple(stages), law_date, dict(readings or {}), all_readings, tuple(select),
        tuple(ignore)), findings, confidential, every_finding, every_finding_as, known)


def verify(report: Report | str | Path, submission: Submission | str | Path,
           ruleset: Ruleset | str | None = None, *, with_folders: Sequence[str | Path] = (),
           baseline: str | Path | None = None, memory_limit: str | None = None,
           progress: Progress = silent) -> Replay:
    """Replay a report: whether this submission gives the same bytes under the same rules.

    The options are those that the report states; ``baseline`` is the file whose findings it marks
    as known. Raises ``CzcaError`` where the report cannot be read or nothing can be judged.
    """
    recorded = _recorded(report)
    refuse_baseline(recorded.report, baseline is not None)
    if isinstance(submission, Submission):
        return _replayed(recorded, submission, ruleset, baseline, progress)
    with load_submission(Path(submission), [Path(folder) for folder in with_folders],
                         memory_limit=memory_limit or DEFAULT_MEMORY, progress=progress) as loaded:
        replay = _replayed(recorded, loaded, ruleset, baseline, progress)
        loaded.verify_unchanged()
        return replay


def _recorded(report: Report | ReportModel | str | Path) -> Recorded:
    if isinstance(report, str | Path):
        return read_report(Path(report))
    model = report.model if isinstance(report, Report) else report
    return Recorded("the report", model, canonical_bytes(model))


def _replayed(recorded: Recorded, submission: Submission, ruleset: Ruleset | str | None,
              baseline: str | Path | None, progress: Progress) -> Replay:
    model = recorded.report
    law = ruleset if isinstance(ruleset, Ruleset) else load_ruleset(ruleset or model.ruleset.id)
    steps = steps_before(recorded, {file.path: file.sha256 for file in submission.files},
                         environment(), law,
                         None if baseline is None else read_report(Path(baseline)))
    if any(step.ending == "differs" for step in steps):
        return Replay(tuple(steps))  # what went in is not the same, so nothing is judged
    every = model.every_finding
    with TemporaryDirectory(prefix="czca-") as folder:  # for all findings, which are hashed
        again = check(submission, law, **options_of(model), baseline=baseline, progress=progress,
                      every_finding=folder if every else None,
                      every_finding_as="csv" if every and every.file.endswith(".csv") else
                      "parquet")
    return outcome_of_replay(steps, model, recorded.content, again.model)


def compare(old: Report | ReportModel | str | Path,
            new: Report | ReportModel | str | Path) -> Comparison:
    """What became of a report: its verdict, and the findings that are new, gone or changed."""
    return compared(_recorded(old).report, _recorded(new).report)


def _checked(submission: Submission, ruleset: Ruleset | str | None, options: Options,
             findings: int | None, confidential: bool,
             every_finding: str | Path | None, form: FindingsForm,
             known: Recorded | None) -> Report:
    law = ruleset if isinstance(ruleset, Ruleset) else load_ruleset(
        ruleset or submission.manifest.methodology)
    judging = Judging(submission, law, options)
    outcomes = judging.outcomes()
    evidence = Evidence(judging, findings, None if confidential else Masking(submission))
    found = evidence.findings(outcomes)
    submission.engine.progress("Putting the report together")
    model = assemble(judging, outcomes, found, evidence, confidential)
    if known is not None:
        model = marked(model, known, every_row(evidence, outcomes))
    if every_finding is None:
        return Report(model)
    from czca_rules.check.every_finding import every_finding as stream
    from czca_rules.report.findings_file import write_every_finding

    def findings_of_files_that_stayed() -> Iterator[FoundRow]:
        yield from stream(evidence, outcomes)
        submission.verify_unchanged()  # before the file gets its name

    folder = Path(every_finding)
    part = write_every_finding(folder, form, findings_of_files_that_stayed(),
                               {outcome.rule: outcome for outcome in model.outcomes}, confidential)
    return Report(model.model_copy(update={"every_finding": part}), folder / part.file)
