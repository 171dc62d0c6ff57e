"""Whether a report is what its submission and ruleset give: step by step, to the first difference.

What decides is the bytes. Files or a ruleset that are not those of the report cannot give it, so
nothing is judged then. The versions of the programs stand in the report too; where they are all
that differs, the report is replayed, and that is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from czca_rules.errors import UsageError
from czca_rules.report.canonical import canonical_bytes
from czca_rules.report.earlier.reading import Recorded
from czca_rules.report.figures import counted
from czca_rules.report.model import ReportModel
from czca_rules.report.words import listed, scope_words, verdict_words
from czca_rules.rulebook.ruleset import Ruleset

#: How a step ended: as the report says, otherwise, or otherwise without meaning anything yet.
Ending = Literal["same", "differs", "noted"]
HASH_DIGITS = 12
NOTHING = "nothing"


@dataclass(frozen=True)
class Step:
    """One step of a replay, in a line, with the details of what differs."""

    name: str
    ending: Ending
    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """The first value that differs: its path in the report, and what stands there in each."""

    path: str
    recorded: str
    replayed: str


@dataclass(frozen=True)
class Replay:
    """What came of a replay: its steps, and the first difference where there is one.

    ``same_bytes`` is false where only the versions of the programs differ; ``replayed`` is not.
    """

    steps: tuple[Step, ...]
    same_bytes: bool = False
    difference: Difference | None = None

    @property
    def replayed(self) -> bool:
        """Whether everything but the versions of the programs came out the same."""
        return all(step.ending != "differs" for step in self.steps)


def refuse_baseline(report: ReportModel, given: bool) -> None:
    """Raise ``UsageError`` for a baseline that the report was not made with, or lacks."""
    if given and report.scope.baseline is None:
        raise UsageError("The report was made without a baseline.")
    if not given and report.scope.baseline is not None:
        raise UsageError("The report marks what a baseline has too; name that file as baseline "
                         f"(--baseline FILE, SHA-256 {report.scope.baseline}).")


def steps_before(recorded: Recorded, hashes: Mapping[str, str], here: Mapping[str, str | None],
                 ruleset: Ruleset, baseline: Recorded | None) -> list[Step]:
    """The steps before anything is judged again: what goes in, and by what.

    ``hashes`` are those of the submission's files, ``here`` the versions of the programs.
    """
    report = recorded.report
    steps = [report_step(report, recorded.name), files_step(report, hashes),
             versions_step(report, here), ruleset_step(report, ruleset), options_step(report)]
    if baseline is not None:
        steps.append(baseline_step(report.scope.baseline or "", baseline.sha256))
    return steps


def options_of(report: ReportModel) -> dict[str, Any]:
    """The options in a report's scope, as `czca_rules.check` takes them."""
    scope = report.scope
    return {
        "stages": scope.stages, "readings": scope.settled, "select": scope.selected,
        "law_date": None if report.law_date is None else date.fromisoformat(report.law_date),
        "ignore": scope.ignored, "all_readings": scope.all_readings, "findings": scope.findings,
        "confidential": scope.confidential}


def report_step(report: ReportModel, name: str) -> Step:
    """What the report is, which could be read."""
    submission = report.submission
    return Step("report", "same", f"{name} on {submission.id} revision {submission.revision}, "
                f"{verdict_words(report)}")


def files_step(report: ReportModel, hashes: Mapping[str, str]) -> Step:
    """Whether the files are those of the report, by their hashes."""
    recorded = {file.path: file.sha256 for file in report.submission.files}
    details = list(_files_told(recorded, hashes))
    if not details:
        return Step("files", "same", f"{counted(len(recorded), 'file')}, the same bytes")
    hint = [] if "frames/" not in "".join(recorded) else [
        "frames can only be handed in from Python: czca_rules.verify(report, submission)"]
    return Step("files", "differs", f"{counted(len(details), 'file')} of the submission "
                f"{'is' if len(details) == 1 else 'are'} not as in the report",
                (*details, *hint))


def _files_told(recorded: Mapping[str, str], found: Mapping[str, str]) -> Iterable[str]:
    names = {sha: path for path, sha in found.items() if path not in recorded}
    moved = {names[sha] for path, sha in recorded.items() if path not in found and sha in names}
    for path in sorted(recorded.keys() | found.keys()):
        if path not in found:
            there = names.get(recorded[path])
            yield f"{path} is missing" if there is None else (
                f"{path} is missing; {there} has its content")
        elif path not in recorded:
            if path not in moved:
                yield f"{path} is new"
        elif recorded[path] != found[path]:
            yield (f"{path} differs: SHA-256 {recorded[path][:HASH_DIGITS]} in the report, "
                   f"{found[path][:HASH_DIGITS]} here")


def versions_step(report: ReportModel, here: Mapping[str, str | None]) -> Step:
    """Which programs have other versions than those that wrote the report."""
    recorded = report.environment
    told = [f"{name} {recorded.get(name) or NOTHING} in the report, {here.get(name) or NOTHING} "
            "here" for name in sorted(recorded.keys() | here.keys())
            if recorded.get(name) != here.get(name)]
    if not told:
        names = listed(name for name, version in sorted(here.items()) if version)
        return Step("versions", "same", f"{names} as in the report")
    return Step("versions", "noted", "not the same, a possible cause if something else differs",
                tuple(told))


def ruleset_step(report: ReportModel, ruleset: Ruleset) -> Step:
    """Whether the rules are those of the report, with all that the ruleset includes."""
    part = report.ruleset
    recorded = {item.id: (item.version, item.sha256) for item in part.includes}
    found = {item.id: (item.version, item.sha256) for item in ruleset.includes}
    # The whole hash covers what is included; said first where the own rules are other ones.
    whole = ((part.version, part.sha256), (ruleset.form.version, ruleset.sha256))
    told = [_ruleset_told(part.id, *whole)] if whole[0] != whole[1] else []
    if part.id != ruleset.id:
        told = [f"{part.id} in the report, {ruleset.id} here"]
    for name in sorted(recorded.keys() | found.keys()):
        if recorded.get(name) != found.get(name):
            told.append(_ruleset_told(name, recorded.get(name), found.get(name)))
    if not told:
        with_ = f" with {listed(f'{name} {version}' for name, (version, _) in found.items())}" \
            if found else ""
        return Step("ruleset", "same",
                    f"{ruleset.id} {ruleset.form.version}{with_}, the same rules")
    return Step("ruleset", "differs", "not the rules of the report; name theirs with --ruleset "
                "PATH", tuple(told))


def _ruleset_told(name: str, recorded: tuple[str, str] | None,
                  found: tuple[str, str] | None) -> str:
    sides = [NOTHING if side is None else f"{side[0]} (SHA-256 {side[1][:HASH_DIGITS]})"
             for side in (recorded, found)]
    return f"{name}: {sides[0]} in the report, {sides[1]} here"


def options_step(report: ReportModel) -> Step:
    """The options that the report states, by which it is replayed."""
    cap = report.scope.findings
    listing = "all findings listed" if cap is None else f"at most {cap} findings listed for a rule"
    return Step("options", "same", f"{scope_words(report)}, {listing}")


def baseline_step(recorded: str, found: str) -> Step:
    """Whether the baseline is the file that the report was made with."""
    if recorded == found:
        return Step("baseline", "same", "the same bytes")
    return Step("baseline", "differs", f"SHA-256 {recorded[:HASH_DIGITS]} in the report, "
                f"{found[:HASH_DIGITS]} here")


def outcome_of_replay(steps: Sequence[Step], report: ReportModel, content: bytes,
                      again: ReportModel) -> Replay:
    """The replay with its last step: the bytes beside one another."""
    replayed = canonical_bytes(again)
    if content == replayed:
        return Replay((*steps, Step("replay", "same", "the same bytes")), same_bytes=True)
    adopted = again.model_copy(update={"environment": report.environment})
    if content == canonical_bytes(adopted):
        return Replay((*steps, Step("replay", "noted", "the same but for `environment`, the "
                                    "versions of the programs")))
    difference = first_difference(json.loads(content), json.loads(canonical_bytes(adopted)))
    if difference is None:
        text = "the same values, but not written as czca writes them: the file was edited"
        return Replay((*steps, Step("replay", "differs", text)))
    told = [f"in the report: {difference.recorded}", f"replayed: {difference.replayed}"]
    if difference.path.startswith("$.every_finding") and again.environment != report.environment:
        told.append("duckdb writes Parquet, and another version may write other bytes for the same "
                    "rows; a file of CSV does not depend on it")
    return Replay((*steps, Step("replay", "differs", f"first at {difference.path}", tuple(told))),
                  difference=difference)


def first_difference(recorded: Any, replayed: Any, path: str = "$") -> Difference | None:
    """The first value that differs, in the order of the keys; a list's length before its items."""
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        for key in sorted(recorded.keys() | replayed.keys()):
            inner = f"{path}.{key}"
            if key not in recorded or key not in replayed:
                return Difference(inner, *(_shown(side[key]) if key in side else NOTHING
                                           for side in (recorded, replayed)))
            found = first_difference(recorded[key], replayed[key], inner)
            if found is not None:
                return found
        return None
    if isinstance(recorded, list) and isinstance(replayed, list):
        if len(recorded) != len(replayed):
            return Difference(path, *(counted(len(side), "item") for side in (recorded, replayed)))
        pairs = enumerate(zip(recorded, replayed, strict=True))
        return next((_at_rule(found, old) for number, (old, new) in pairs if (
            found := first_difference(old, new, f"{path}[{number}]"))), None)
    return None if recorded == replayed and type(recorded) is type(replayed) else Difference(
        path, _shown(recorded), _shown(replayed))


def _at_rule(found: Difference, item: object) -> Difference:
    """The difference with the rule that it belongs to, which says more than a place in a list."""
    rule = item.get("rule") if isinstance(item, dict) else None
    return found if rule is None else replace(found, path=f"{found.path} ({rule})")


def _shown(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}…"
