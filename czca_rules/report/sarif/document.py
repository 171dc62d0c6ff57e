"""A report as SARIF 2.1.0, as GitHub code scanning, GitLab and Azure DevOps take it.

What failed is a result; what is exempt is a result that is suppressed, with its justification.
Rows that passed with a note are no results, because GitHub and GitLab open an alert for every
result of whatever kind. What could not be judged, and what is wrong with the input, are
notifications of the invocation.

Every result points at a line, because GitHub refuses a whole file for one result that does not.
Its fingerprint comes from rule, relation and row key, so that sorting a file anew reopens nothing;
GitHub reads only the one called ``primaryLocationLineHash``. A masked key changes with the data.

Paths are relative to where the command ran, if the submission lies below, for code scanning looks
them up from the root of a repository; else to the folder of the submission. Where confidential
values are shown, every message begins with ``[confidential]``, for GitHub shows nothing else of a
file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from czca_rules.report.canonical import canonical_sha256
from czca_rules.report.model import FindingPart, OutcomePart, ReportModel
from czca_rules.report.printable import json_printable, printable
from czca_rules.report.sarif.notices import DESCRIPTORS, left_out, notices
from czca_rules.report.sarif.places import artifacts, place_of, rooted
from czca_rules.report.sarif.rules import LEVELS, descriptor
from czca_rules.report.sarif.texts import message
from czca_rules.report.words import LEGAL_STATUS_WORDS, repeat_command, scope_words, verdict_words

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: What GitHub takes at most: results of a run, and bytes of a file packed with gzip.
MOST_RESULTS = 25_000
MOST_BYTES = 10_000_000
#: Places beside the first that a result names.
_MOST_RELATED = 20
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")
_SHOWN = {"failed": 0, "exempt": 1}


def sarif(report: ReportModel, folders: Sequence[str] = (), most_results: int = MOST_RESULTS,
          most_bytes: int = MOST_BYTES) -> bytes:
    """The report as a SARIF log of one run; worse results come first and are left out last.

    ``folders`` are those of the submission and its context, as ``places.rooted`` takes them.
    """
    found = [(index, rule, finding) for index, rule in enumerate(report.outcomes)
             for finding in rule.findings if finding.outcome in _SHOWN]
    found.sort(key=lambda item: (_SHOWN[item[2].outcome], list(LEVELS).index(item[1].level)))
    shown = min(len(found), most_results)
    while True:
        results = [_result(report, index, rule, finding)
                   for index, rule, finding in found[:shown]]
        document = _bytes(rooted(_log(report, results, len(found) - shown), folders))
        packed = len(document) if len(document) <= most_bytes else len(
            gzip.compress(document, mtime=0))
        if packed <= most_bytes or not shown:
            return document
        shown = min(shown - 1, shown * most_bytes * 9 // (packed * 10))


def _log(report: ReportModel, results: Sequence[dict[str, Any]], omitted: int) -> dict[str, Any]:
    version = report.environment.get("czca_rules") or ""
    driver: dict[str, Any] = {
        "name": "czca_rules", "language": "en",
        "rules": [descriptor(report, rule) for rule in report.outcomes],
        "notifications": DESCRIPTORS}
    if version:
        driver["version"] = printable(version)
    if _SEMANTIC.fullmatch(version):
        driver["semanticVersion"] = version
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{
        "tool": {"driver": driver},
        "automationDetails": {"id": _category(report)},
        "originalUriBaseIds": {"SUBMISSION": {"description": {
            "text": "The folder of the submission; with1/, with2/ are its context folders."}}},
        "artifacts": artifacts(report),
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [
            *notices(report), *left_out(report, omitted)]}],
        "results": results, "columnKind": "utf16CodeUnits", "properties": _properties(report)}]}


def _result(report: ReportModel, index: int, rule: OutcomePart,
            finding: FindingPart) -> dict[str, Any]:
    places = [place_of(report, rule, source) for source in finding.sources[:_MOST_RELATED + 1]] \
        or [place_of(report, rule, None)]
    exempt = finding.outcome == "exempt"
    said = finding.message or rule.title or rule.rule
    if exempt:
        said = f"Exempt, as declared by the sender and not verified: {said}"
    result: dict[str, Any] = {
        "ruleId": printable(rule.rule), "ruleIndex": index, "kind": "fail",
        "level": "note" if exempt else LEVELS[rule.level],
        "message": {"text": message(said, report.scope.confidential)},
        "locations": [places[0]], "partialFingerprints": _fingerprints(rule, finding),
        # All results have suppressions or none has: an empty list says "not suppressed".
        "suppressions": [_suppression(rule, finding)] if exempt else [],
        "properties": _evidence(finding)}
    if places[1:]:
        result["relatedLocations"] = places[1:]
    if report.scope.baseline is not None:
        result["baselineState"] = "unchanged" if finding.known else "new"
    return result


def _fingerprints(rule: OutcomePart, finding: FindingPart) -> dict[str, str]:
    identity = json.dumps([rule.rule, rule.on, sorted(finding.key.items())])
    digest = hashlib.sha256(identity.encode()).hexdigest()
    return {"czcaRowKey/v1": digest, "primaryLocationLineHash": f"{digest[:16]}:1"}


def _suppression(rule: OutcomePart, finding: FindingPart) -> dict[str, str]:
    way = next((way for way in rule.derogations if way.exemption == finding.exemption), None)
    parts = [finding.exemption or "a derogation"]
    if way is not None:
        parts += [way.title, f"document {way.document}" if way.document else "no document named"]
    return {"kind": "external", "justification": printable(
        f"{', '.join(filter(None, parts))}: declared by the sender, not verified")}


def _evidence(finding: FindingPart) -> dict[str, Any]:
    """What was found, as properties; texts only, exact as in the report."""
    values: dict[str, Any] = {
        "outcome": finding.outcome, "observed": finding.observed, "relation": finding.relation,
        "required": finding.required, "required_max": finding.required_max,
        "tolerance": finding.tolerance, "unit": finding.unit, "exemption": finding.exemption,
        "fix": finding.fix or None}
    said: dict[str, Any] = {name: printable(value) for name, value in values.items()
                            if value is not None}
    for name, pairs in (("key", finding.key), ("reading", finding.reading)):
        if pairs:
            said[name] = {printable(key): printable(value) for key, value in pairs.items()}
    return said


def _category(report: ReportModel) -> str:
    """What GitHub tells analyses apart by, and after the last stroke which run it was."""
    parts = ("czca_rules", report.ruleset.id, report.submission.id)
    named = "/".join(quote(printable(part), safe="") for part in parts)
    return f"{named}/revision-{report.submission.revision}"


def _properties(report: ReportModel) -> dict[str, Any]:
    ruleset, submission = report.ruleset, report.submission
    said: dict[str, Any] = {
        "verdict": report.verdict, "verdict_in_words": verdict_words(report),
        "holds_for": printable(scope_words(report)), "legal_status": ruleset.legal_status,
        "legal_status_in_words": LEGAL_STATUS_WORDS[ruleset.legal_status],
        "confidential": report.scope.confidential,
        "counts": report.counts.model_dump(),
        "ruleset": {"id": printable(ruleset.id), "version": printable(ruleset.version),
                    "sha256": ruleset.sha256},
        "submission": {"id": printable(submission.id), "revision": submission.revision},
        "report_sha256": canonical_sha256(report),
        "repeat_with": printable(repeat_command(report))}
    if submission.sender is not None:
        said["submission"]["sender"] = printable(submission.sender.id)
    if report.scope.baseline is not None:
        said["baseline_sha256"] = report.scope.baseline
    if report.every_finding is not None:
        said["every_finding"] = {"file": printable(report.every_finding.file),
                                 "rows": report.every_finding.rows,
                                 "sha256": report.every_finding.sha256}
    return said


def _bytes(log: dict[str, Any]) -> bytes:
    document = json.dumps(log, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return (json_printable(document) + "\n").encode("utf-8")
