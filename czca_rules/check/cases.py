"""Cases of rules: small submissions with the outcome that the provision demands.

A case file belongs to one rule and has its name. ``given`` is what all cases start from, on top of
``given.yaml`` of the folder; each case says only what differs. A date in place of an instant means
the beginning of that market day, and a row of the delivery without time covers the whole first
day, so that one row is one judged row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from czca_rules.check.case_tables import changed, completed, merged
from czca_rules.check.codes import Code
from czca_rules.check.evidence import Evidence
from czca_rules.check.interpreted import InterpretedJudging, fetched
from czca_rules.check.judging import Judging, Options, RuleOutcome, natural
from czca_rules.errors import Problem, RulesetError
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.shipped import find_ruleset, shipped_root
from czca_rules.strict_model import StrictModel, validate
from czca_rules.strict_yaml import read_yaml
from czca_rules.tables.event_tables import MADE_TABLES
from czca_rules.tables.submission import Submission

Word = Literal["passed", "failed", "exempt", "not_applicable", "not_assessable"]
Text = Annotated[str, StringConstraints(min_length=3)]
Rows = dict[str, Any]


class Given(StrictModel):
    """What cases start from: a manifest (merged into the one below) and tables of rows."""

    manifest: dict[str, Any] = {}
    tables: dict[str, list[Rows]] = {}


class Case(StrictModel):
    """One case: what differs from the given, and what is to come out.

    ``change`` maps a table to new rows, to columns set in every row, or to row numbers (from 1)
    with the columns set there (or `null` to remove the row). ``without`` removes whole tables.
    ``author`` says who wrote it: the one who wrote the rule, or somebody who had read only the
    paragraph, so that a misreading has to be made twice to stay unnoticed.
    """

    name: Text
    author: Literal["rule", "paragraph"] = "rule"
    manifest: dict[str, Any] = {}
    change: dict[str, Any] = {}
    without: tuple[str, ...] = ()
    readings: dict[str, str] = {}
    date: str | None = None
    expect: Word
    rows: dict[Literal["passed", "failed", "exempt", "not_applicable", "not_assessable", "noted"],
               int] | None = None
    turns_on: tuple[str, ...] | None = None
    observed: Any = None
    required: Any = None
    reason: str | None = None
    missing: str | None = None


class CaseFile(StrictModel):
    """The cases of one rule."""

    rule: str
    given: Given = Given()
    cases: tuple[Case, ...] = Field(min_length=1)


@dataclass(frozen=True)
class LoadedCase:
    """A case with the submission it describes, loaded."""

    file: str
    rule: str
    case: Case
    judging: Judging
    tables: Mapping[str, list[dict[str, Any]]]


def case_folder(ruleset: str) -> Path:
    """The folder that holds a ruleset's cases."""
    folder = find_ruleset(ruleset)
    beside = folder / "cases"
    return beside if beside.is_dir() else shipped_root("cases") / folder.name


def case_files(ruleset: str) -> list[tuple[Path, CaseFile]]:
    """All case files of a ruleset, in the order of their rules.

    Raises ``RulesetError`` with every problem of every file.
    """
    problems: list[Problem] = []
    result = []
    paths = [path for path in case_folder(ruleset).glob("*.yaml") if path.name != "given.yaml"]
    for path in sorted(paths, key=lambda path: natural(path.stem)):
        shown = f"cases/{path.parent.name}/{path.name}"
        value, found = read_yaml(path, shown)
        built = None
        if value is not None and not found:
            built, found = validate(CaseFile, value, shown)
        problems += found
        if built is not None and built.rule != path.stem:
            problems.append(Problem(shown, 1, 1, "case_rule", f"cases of {built.rule}",
                                    f"cases of {path.stem}", "Name the file after the rule."))
        if built is not None:
            result.append((path, built))
    if problems:
        raise RulesetError(problems)
    return result


@lru_cache(maxsize=8)
def base_given(folder: Path) -> Given:
    """What all cases of a folder start from."""
    path = folder / "given.yaml"
    if not path.exists():
        return Given()
    value, problems = read_yaml(path, f"cases/{folder.name}/given.yaml")
    built = None
    if value is not None and not problems:
        built, problems = validate(Given, value, f"cases/{folder.name}/given.yaml")
    if built is None or problems:
        raise RulesetError(problems)
    return built


def load_case(ruleset: Ruleset, path: Path, file: CaseFile, case: Case) -> LoadedCase:
    """Turn a case into a loaded submission of the tables that its rule reads."""
    base = base_given(path.parent)
    rule = ruleset.rule(file.rule)
    manifest = merged(merged(base.manifest, file.given.manifest), case.manifest)
    tables = changed({**base.tables, **file.given.tables}, case.change)
    behind = ruleset.tables_behind(rule.form.on)
    needed = [name for name in behind if name not in MADE_TABLES]
    frames = {name: completed(name, rows, manifest) for name, rows in tables.items()
              if name in needed and name not in case.without}
    submission = Submission.from_tables(manifest, frames)
    law_date = None if case.date is None else date.fromisoformat(case.date)
    judging = Judging(submission, ruleset, Options(readings=case.readings, law_date=law_date,
                                                   select=(rule.id,)))
    return LoadedCase(path.name, rule.id, case, judging,
                      fetched(judging, sorted(behind)))


def difference(case: Case, outcome: str, counts: Mapping[Code, int],
               turns_on: tuple[str, ...]) -> str | None:
    """In what an outcome differs from what a case expects, or nothing."""
    if outcome != case.expect:
        return f"expected {case.expect}, found {outcome}"
    if case.rows is not None:
        words: dict[str, int] = {}
        for code, count in counts.items():
            words[code.word] = words.get(code.word, 0) + count
        words["noted"] = counts.get(Code.NOTED, 0)
        wrong = {name: words.get(name, 0) for name, wanted in case.rows.items()
                 if words.get(name, 0) != wanted}
        if wrong:
            return f"expected rows {dict(case.rows)}, found {wrong}"
    if case.turns_on is not None and tuple(sorted(case.turns_on)) != turns_on:
        return f"expected it to turn on {list(case.turns_on)}, found {list(turns_on)}"
    return None


def shown_difference(loaded: LoadedCase, found: RuleOutcome) -> str | None:
    """In what the evidence differs from what a case expects, or nothing."""
    case = loaded.case
    if case.reason is not None and case.reason not in (found.reason or ""):
        return f"expected the reason {case.reason!r}, found {found.reason!r}"
    if case.observed is None and case.required is None and case.missing is None:
        return None
    findings = Evidence(loaded.judging, 100, None).findings([found]).get(loaded.rule, [])
    if not findings:
        return "expected a finding, found none"
    first = findings[0]
    for name, wanted, shown in (("observed", case.observed, first.observed),
                                ("required", case.required, first.required)):
        if wanted is not None and str(wanted) != shown:
            return f"expected {name} {wanted}, found {shown}"
    if case.missing is not None and not any(case.missing in text for text in first.missing):
        return f"expected {case.missing!r} among what is missing, found {list(first.missing)}"
    return None


def run_case(loaded: LoadedCase) -> str | None:
    """Run a case on the engine and on the interpreter; what is wrong, or nothing."""
    found = loaded.judging.outcomes()[0]
    wrong = difference(loaded.case, found.outcome, found.counts, found.turns_on)
    wrong = wrong or shown_difference(loaded, found)
    if wrong is None and found.reason not in ("stage", "approach"):
        rule = loaded.judging.ruleset.rule(loaded.rule)
        if loaded.judging.set_aside(rule) is None:
            other = InterpretedJudging(loaded.judging, loaded.tables).judged(rule)
            if dict(other.counts) != dict(found.counts):
                wrong = f"engine {dict(found.counts)}, interpreter {dict(other.counts)}"
    return wrong


def all_cases(name: str) -> Iterator[tuple[Ruleset, Path, CaseFile, Case]]:
    """Every case of a ruleset."""
    ruleset = load_ruleset(name)
    for path, file in case_files(name):
        for case in file.cases:
            yield ruleset, path, file, case
