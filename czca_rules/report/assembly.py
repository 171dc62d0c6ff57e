"""From the outcomes of a check to the report, every number as text and nothing left to a clock."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

from czca_rules.check.codes import Code, verdict_of
from czca_rules.check.evidence import Evidence
from czca_rules.check.excused import excused_rows
from czca_rules.check.finding import Finding, ParameterUsed, text_of
from czca_rules.check.judging import Judging, RuleOutcome
from czca_rules.market_time.zone import tzdata_version
from czca_rules.report import model as m
from czca_rules.report.picture_numbers import pictures
from czca_rules.rulebook.model import RuleForm
from czca_rules.rulebook.ruleset import Rule

#: What a derogation is called in words.
DEROGATION_TITLES = {
    "dc_border": "the border has direct current interconnectors only",
    "short_contracting": "contracting at most two days ahead",
    "nra_limit": "a limit of their own set by the regulatory authorities",
    "separate_procurement": "upward and downward capacity need not be procured apart",
    "contracting_derogation": "longer contracts than a day",
    "withholding": "prices and volumes may be withheld from publication",
}
PROVISION_ORDER = ("failed", "not_assessable", "exempt", "passed", "not_applicable")


def assemble(judging: Judging, outcomes: Sequence[RuleOutcome],
             findings: Mapping[str, Sequence[Finding]], evidence: Evidence,
             confidential: bool) -> m.ReportModel:
    """Put a report together; it refuses to contradict itself."""
    listed = evidence.limit
    submission: Any = judging.submission
    parts = tuple(_outcome(judging, item, findings.get(item.rule.id, ()), evidence)
                  for item in outcomes)
    tally = Counter(item.outcome for item in outcomes)
    options = judging.options
    stages: Any = options.stages or submission.manifest.stages
    return m.ReportModel(
        format="czca-report/1",
        verdict=verdict_of((item.rule.form.level, item.outcome) for item in outcomes),
        scope=m.Scope(stages=tuple(stages), as_of=_instant(submission.manifest.as_of),
                      selected=tuple(options.select), ignored=tuple(options.ignore),
                      settled=dict(options.readings), all_readings=options.all_readings,
                      confidential=confidential, findings=listed),
        submission=_submission(submission),
        ruleset=_ruleset(judging),
        counts=m.Counts(**{name: tally.get(name, 0) for name in PROVISION_ORDER}),  # type: ignore[call-overload]
        outcomes=parts, reproduction=(),
        provisions=tuple(_provisions(judging, outcomes)),
        environment=environment(),
        law_date=None if options.law_date is None else str(options.law_date),
        input=_input(submission), methodology=m.Methodology(title=judging.ruleset.form.title),
        pictures=pictures(judging, outcomes, evidence))


def _instant(value: Any) -> str:
    return text_of(value) or ""


def _submission(submission: Any) -> m.SubmissionPart:
    manifest = submission.manifest
    return m.SubmissionPart(
        id=manifest.id, revision=manifest.revision,
        files=tuple(m.InputFile(path=file.path, rows=file.rows, sha256=file.sha256)
                    for file in submission.files),
        sender=m.Sender(id=manifest.sender.id, role=manifest.sender.role),
        delivery=m.Delivery(**{"from": str(manifest.delivery.first),
                               "to": str(manifest.delivery.last)}),
        sender_readings={name: str(value) for name, value in manifest.readings.items()},
        relies_on=tuple(m.Claim(exemption=item.exemption, border=item.border,
                                document=item.document) for item in manifest.relies_on))


def _ruleset(judging: Judging) -> m.RulesetPart:
    ruleset = judging.ruleset
    return m.RulesetPart(
        id=ruleset.id, version=ruleset.form.version, legal_status=ruleset.form.legal_status,
        sha256=ruleset.sha256, title=ruleset.form.title, readings=dict(judging.readings),
        includes=tuple(m.IncludedRuleset(id=item.id, version=item.version, sha256=item.sha256)
                       for item in ruleset.includes))


def _input(submission: Any) -> m.Input:
    return m.Input(
        problems=tuple(m.InputProblem(
            file=item.file, line=item.line, column=item.column, kind=item.kind, found=item.found,
            expected=item.expected, fix=item.fix) for item in submission.problems),
        counts=tuple(m.ProblemCount(file=file, kind=kind, count=count)
                     for (file, kind), count in sorted(submission.problem_counts.items())))


def environment() -> dict[str, str | None]:
    """The versions of the programs that a report may depend on."""
    versions: dict[str, str | None] = {"python": platform.python_version(),
                                       "tzdata": tzdata_version(), "highspy": None}
    versions["czca_rules"] = metadata.version("czca-rules")
    versions["duckdb"] = metadata.version("duckdb")
    return versions


def _outcome(judging: Judging, item: RuleOutcome, findings: Sequence[Finding],
             evidence: Evidence) -> m.OutcomePart:
    rule, form = item.rule, item.rule.form
    counts = item.counts
    total = sum(counts.get(code, 0) for code in (Code.FAILED, Code.NOT_ASSESSABLE, Code.EXEMPT,
                                                 Code.NOTED))
    reason = item.reason
    if reason == "not_due":
        due = judging.latest_due(rule)
        reason = f"not_due {judging.submission.manifest.delivery.last if due is None else due}"
    return m.OutcomePart(
        rule=rule.id, provision=form.provision, rests_on=form.rests_on, level=form.level,
        stage=form.stage, outcome=item.outcome, reason=reason, turns_on=item.turns_on,
        judged=m.Judged(**item.judged),
        findings=tuple(finding_part(finding) for finding in findings), findings_total=total,
        title=form.title, obligation=form.obligation, why=form.why, fix=form.fix,
        formula=duty_formula(form), scope_formula=form.under, on=form.on,
        readings=tuple(_reading(judging, item, name) for name in sorted(rule.readings)),
        derogations=tuple(_derogations(judging, rule, item)),
        parameters=tuple(map(_parameter, evidence.parameters(rule, None))))


def duty_formula(form: RuleForm) -> str:
    """The duty as the rule spells it: its deadline, its order of events, or its formula."""
    if form.sequence is not None:
        return f"in this order: {', '.join(form.sequence)}"
    return form.deadline or form.must or ""


def _reading(judging: Judging, item: RuleOutcome, name: str) -> m.RuleReading:
    form = judging.ruleset.readings[name]
    taken = judging.readings[name]
    values = tuple(m.ReadingValue(
        value=value, title=title,
        outcome=item.by_reading.get((name, value))) for value, title in form.values.items())
    return m.RuleReading(name=name, title=form.title, standing=form.standing, taken=taken,
                         default=form.default, values=values)


def _derogations(judging: Judging, rule: Rule, item: RuleOutcome) -> list[m.Derogation]:
    claims = {claim.exemption: claim.document for claim in
              judging.submission.manifest.relies_on}
    rows = excused_rows(judging, item)
    return [m.Derogation(
        exemption=one.exemption, title=DEROGATION_TITLES[one.exemption],
        claimed=one.exemption in claims, document=claims.get(one.exemption),
        rows=rows.get(one.exemption, 0)) for one in rule.derogations]


def _parameter(used: ParameterUsed) -> m.ParameterUsed:
    return m.ParameterUsed(name=used.name, value=used.value, unit=used.unit,
                           since=None if used.since is None else str(used.since),
                           cite=used.cite or None)


def finding_part(finding: Finding) -> m.FindingPart:
    """A finding as the report states it."""
    return m.FindingPart(
        outcome=finding.code.word, key=dict(finding.key),
        sources=tuple(m.Source(file=file, line=line) for file, line in finding.sources),
        observed=finding.observed, relation=finding.relation, required=finding.required,
        required_max=finding.required_max, tolerance=finding.tolerance, unit=finding.unit,
        parameters=tuple(map(_parameter, finding.parameters)), reading=dict(finding.reading),
        exemption=finding.exemption, effect_eur=None, message=finding.message, fix=finding.fix,
        missing=finding.missing, noted=finding.code is Code.NOTED)


def _provisions(judging: Judging, outcomes: Sequence[RuleOutcome]) -> list[m.ProvisionPart]:
    by_provision: dict[str, list[RuleOutcome]] = {}
    parents = judging.ruleset.parent_provisions
    above = {form.provision for form in parents}
    by_rule = {item.rule.id: item for item in outcomes}
    for item in outcomes:
        for provision in {item.rule.form.provision, *(above & set(item.rule.form.rests_on))}:
            by_provision.setdefault(provision, []).append(item)
    result = []
    for form in (*judging.ruleset.provisions, *parents):
        rules = by_provision.get(form.provision, [
            by_rule[name] for name in form.judged_with if name in by_rule])
        status, reason = form.reason or ("pending", "No rule was selected for it.")
        words = {item.outcome for item in rules}
        found = next((word for word in PROVISION_ORDER if word in words), None)
        result.append(m.ProvisionPart(
            provision=form.provision, rules=tuple(item.rule.id for item in rules),
            status=found or status,
            title=form.title, reason=None if found else reason))
    return result


