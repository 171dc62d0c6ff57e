"""`czca check`: judge a submission, show the verdict, write the report."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.endings import COULD_NOT, told
from czca_rules.commands.outputs import STANDARD_OUTPUT, files_of, write_all
from czca_rules.commands.progress import shown_progress
from czca_rules.commands.streams import in_color, say, say_bytes, tell, width_of
from czca_rules.errors import CzcaError, UsageError

if TYPE_CHECKING:
    from czca_rules.api import Report
    from czca_rules.check.judging import Options

EPILOG = options.EXAMPLES.format(
    "czca check submissions/gr-it-2026-03-11",
    "czca check submissions/gr-it-2026-03-11 --with history -o report.json -o report.html")


def check(
    submission: Annotated[Path, typer.Argument(
        metavar="SUBMISSION", help="Folder with submission.yaml and the tables, or an .xlsx "
                                   "workbook.")],
    with_folders: Annotated[list[Path] | None, typer.Option(
        "--with", metavar="DIR", help="Context folder or workbook with more tables; may repeat.",
    )] = None,
    ruleset: Annotated[str | None, typer.Option(
        metavar="ID|PATH", help="Ruleset, by default the manifest's methodology.")] = None,
    stage: Annotated[list[str] | None, typer.Option(
        metavar="S", help="Judge rules of this stage only, by default those of the manifest; "
                          "may repeat.")] = None,
    date: Annotated[str | None, typer.Option(
        metavar="D", help="Judge by the law of this day instead of each row's own.")] = None,
    reading: Annotated[list[str] | None, typer.Option(
        metavar="NAME=VALUE", help="Settle a reading; may repeat.")] = None,
    all_readings: Annotated[bool, typer.Option(
        "--all-readings", help="Try also the readings that need the solver again.")] = False,
    select: Annotated[list[str] | None, typer.Option(
        metavar="RULE", help="Judge this rule only (CE-6 means all of Article 6); may repeat.",
    )] = None,
    ignore: Annotated[list[str] | None, typer.Option(
        metavar="RULE", help="Leave this rule out; may repeat.")] = None,
    findings: Annotated[str, typer.Option(
        metavar="N|all", help="Findings reported for each rule; `all` also writes every one to a "
                              "Parquet file beside the first -o, `all.csv` to CSV.")] = "100",
    confidential: Annotated[bool, typer.Option(
        "--confidential", help="Show confidential values instead of masking them.")] = False,
    baseline: Annotated[Path | None, typer.Option(
        metavar="OLD.json", help="Mark what this older report found too; the exit code counts "
                                 "new findings only.")] = None,
    plan: Annotated[bool, typer.Option(
        "--plan", help="Print the SQL statements instead of running them.")] = False,
    output: Annotated[list[str] | None, typer.Option(
        "--output", "-o", metavar="FILE", help="Report to write, by its suffix: .json, .html, "
                                               ".sarif, .junit.xml, .xlsx or .csv; - is JSON on "
                                               "standard output; may repeat.")] = None,
) -> int:
    """Judge a submission by its ruleset.

    Exit code: 0 compliant, 1 not compliant, 2 could not start or finish, 3 undecided; with
    --baseline 0 where nothing is new.
    """
    from czca_rules.check.judging import Options

    chosen = Options(options.stages(stage or ()), options.day(date, "--date"),
                     options.readings(reading or ()), all_readings, tuple(select or ()),
                     tuple(ignore or ()))
    folders = tuple(with_folders or ())
    outputs = tuple(dict.fromkeys(output or ()))
    if plan:
        return _plan(submission, folders, ruleset, chosen, outputs)
    limit = options.number_of_findings(findings)
    files = files_of(outputs, (submission, *folders))
    if limit is None and not files:
        raise UsageError("--findings all writes a file beside the report: name one with -o FILE.")
    return _judge(submission, folders, ruleset, chosen, findings, confidential, baseline, files,
                  STANDARD_OUTPUT in outputs)


def _judge(submission: Path, folders: Sequence[Path], ruleset: str | None, chosen: Options,
           findings: str, confidential: bool, baseline: Path | None,
           files: Sequence[Path], piped: bool) -> int:
    from czca_rules import api

    limit, form = options.number_of_findings(findings), options.form_of_findings(findings)
    with shown_progress() as progress:
        report = api.check(
            submission, ruleset, with_folders=folders, stages=chosen.stages,
            law_date=chosen.law_date, readings=chosen.readings, all_readings=chosen.all_readings,
            select=chosen.select, ignore=chosen.ignore,
            findings=api.FINDINGS if limit is None else limit, confidential=confidential,
            every_finding=files[0].parent if form else None, every_finding_as=form or "parquet",
            baseline=baseline, progress=progress)
        progress("Writing reports")
        written = list(write_all(report, files))
    _show(report, piped)
    if report.every_finding is not None:
        tell(f"Every finding: {report.every_finding.as_posix()}")
    for file, failure in written:
        tell(f"Written: {file.as_posix()}" if failure is None else told(CzcaError(failure)))
    return COULD_NOT if any(failure for _, failure in written) else report.exit_code


def _show(report: Report, piped: bool) -> None:
    if piped:
        say_bytes(report.to_json())
        tell(report.to_text(width_of(sys.stderr), in_color(sys.stderr)))
    else:
        say(report.to_text(width_of(sys.stdout), in_color(sys.stdout)))


def _plan(submission: Path, folders: Sequence[Path], ruleset: str | None, chosen: Options,
          outputs: Sequence[str]) -> int:
    if outputs:
        raise UsageError("--plan prints statements and judges nothing, so there is no report for "
                         "-o.")
    for text in _statements(submission, folders, ruleset, chosen):
        say(text)
    return 0


def _statements(submission: Path, folders: Sequence[Path], ruleset: str | None,
                chosen: Options) -> Iterator[str]:
    """The statement of each relation, headed by the rules that it judges."""
    from czca_rules.check.judging import Judging
    from czca_rules.rulebook.loading import load_ruleset
    from czca_rules.tables.submission import load_submission

    with load_submission(submission, folders) as loaded:
        judging = Judging(loaded, load_ruleset(ruleset or loaded.manifest.methodology), chosen)
        rules = [rule for rule in judging.rules() if judging.set_aside(rule) is None]
        for statement in judging.statements(rules):
            names = dict.fromkeys(variant.rule.id for variant in statement.variants)
            yield f"-- {statement.relation}: {', '.join(names)}\n{statement.counting()};\n"
