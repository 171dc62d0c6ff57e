"""`czca check`: judge a submission, show the verdict, write the report."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.streams import in_color, say, say_bytes, tell, width_of
from czca_rules.errors import UsageError

if TYPE_CHECKING:
    from czca_rules.api import Report
    from czca_rules.check.judging import Options

CODES = {"compliant": 0, "not_compliant": 1, "undecided": 3}
#: Formats of the contract, with those that this version does not write yet.
WRITTEN = (".json", ".html")
LATER = (".sarif", ".junit.xml", ".xlsx", ".csv")
STANDARD_OUTPUT = "-"

EPILOG = options.EXAMPLES.format(
    "czca check submissions/gr-it-2026-03-11",
    "czca check submissions/gr-it-2026-03-11 --with history -o report.json -o report.html")


def check(
    submission: Annotated[Path, typer.Argument(
        metavar="SUBMISSION", help="Folder with submission.yaml and the tables.")],
    with_folders: Annotated[list[Path] | None, typer.Option(
        "--with", metavar="DIR", help="Context folder with more tables; may repeat.")] = None,
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
        metavar="N|all", help="Findings reported for each rule; `all` writes every one to a file "
                              "beside the first -o.")] = "100",
    confidential: Annotated[bool, typer.Option(
        "--confidential", help="Show confidential values instead of masking them.")] = False,
    plan: Annotated[bool, typer.Option(
        "--plan", help="Print the SQL statements instead of running them.")] = False,
    output: Annotated[list[str] | None, typer.Option(
        "--output", "-o", metavar="FILE", help="Report to write: .json or .html by its suffix; - "
                                               "is JSON on standard output; may repeat.")] = None,
) -> int:
    """Judge a submission by its ruleset.

    Exit code: 0 compliant, 1 not compliant, 2 could not start or finish, 3 undecided.
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
    _refuse_outputs(outputs, everything=limit is None)
    return _judge(submission, folders, ruleset, chosen, limit, confidential, outputs)


def _judge(submission: Path, folders: Sequence[Path], ruleset: str | None, chosen: Options,
           limit: int | None, confidential: bool, outputs: Sequence[str]) -> int:
    from czca_rules import api

    files = [Path(name) for name in outputs if name != STANDARD_OUTPUT]
    report = api.check(
        submission, ruleset, with_folders=folders, stages=chosen.stages,
        law_date=chosen.law_date, readings=chosen.readings, all_readings=chosen.all_readings,
        select=chosen.select, ignore=chosen.ignore,
        findings=api.FINDINGS if limit is None else limit, confidential=confidential,
        every_finding=files[0] if files and limit is None else None)
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        report.save(file)
    _show(report, outputs)
    if report.every_finding is not None:
        tell(f"Every finding: {report.every_finding.as_posix()}")
    return CODES[report.verdict]


def _show(report: Report, outputs: Sequence[str]) -> None:
    if STANDARD_OUTPUT in outputs:
        say_bytes(report.to_json())
        tell(report.to_text(width_of(sys.stderr), in_color(sys.stderr)))
    else:
        say(report.to_text(width_of(sys.stdout), in_color(sys.stdout)))


def _refuse_outputs(outputs: Sequence[str], everything: bool) -> None:
    """Refuse before any work what could not be written after it."""
    for name in outputs:
        if name == STANDARD_OUTPUT or Path(name).suffix in WRITTEN:
            continue
        later = next((suffix for suffix in LATER if name.endswith(suffix)), None)
        shown = Path(name).as_posix()
        reason = f"{later} is not written yet" if later else "its suffix names no format"
        raise UsageError(f"-o {shown}: {reason}; there are {', '.join(WRITTEN)}, and - for JSON "
                         "on standard output.")
    if everything and not any(name != STANDARD_OUTPUT for name in outputs):
        raise UsageError("--findings all writes a file beside the report: name one with -o FILE.")


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
