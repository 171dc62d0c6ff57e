"""SARIF as code scanning takes it: each test is a demand of GitHub, GitLab or the standard."""

from __future__ import annotations

import gzip
import html
import json
import re
from typing import Any

import jsonschema
import pytest
from markdown_it import MarkdownIt
from published_schemas import sarif_schema
from report_sample import HOSTILE, compliant_report, sample_content, sample_report

from czca_rules.report.model import ReportModel
from czca_rules.report.sarif import sarif
from czca_rules.report.sarif.places import uri_of
from czca_rules.report.sarif.texts import markdown, message

#: RFC 3986, a relative reference without query and fragment, first segment without a colon.
RELATIVE = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=@%]+(/[A-Za-z0-9\-._~!$&'()*+,;=:@%]*)*")


def run_of(report: ReportModel, **limits: int) -> dict[str, Any]:
    """The one run of a report's SARIF log."""
    log = json.loads(sarif(report, **limits))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    return dict(log["runs"][0])


def notices(run: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [item for item in run["invocations"][0]["toolExecutionNotifications"]
            if item["descriptor"]["id"] == kind]


def changed(rule: int, **changes: Any) -> ReportModel:
    """The sample with one rule's keys changed; counts and verdict must stay true."""
    content = sample_content()
    content["outcomes"][rule] |= changes
    return ReportModel.model_validate(content)


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    return run_of(sample_report())


@pytest.mark.parametrize("report", [
    sample_report(), compliant_report(), sample_report(scope=sample_content()["scope"] | {
        "confidential": True, "baseline": "0" * 64})],
    ids=["sample", "compliant", "confidential"])
def test_it_meets_the_published_schema(report: ReportModel) -> None:
    schema = sarif_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(sarif(report)))


def test_the_schema_would_notice_a_level_that_sarif_does_not_know() -> None:
    log = json.loads(sarif(sample_report()))
    log["runs"][0]["results"][0]["level"] = "info"
    with pytest.raises(jsonschema.ValidationError, match="info"):
        jsonschema.validate(log, sarif_schema())


# What GitHub asks for

def test_all_rules_that_ran_are_listed_with_every_text_that_github_requires(
        run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [item["rule"] for item in sample_content()["outcomes"]]
    for rule in rules:
        for name, most in (("shortDescription", 1024), ("fullDescription", 1024), ("help", 10**6)):
            assert 0 < len(rule[name]["text"]) <= most
        assert 0 < len(rule["name"]) <= 255
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        properties = rule["properties"]
        assert properties["precision"] in ("very-high", "high", "medium", "low")
        assert properties["problem.severity"] in ("error", "warning", "recommendation")
        assert 0 < len(properties["tags"]) <= 10


def test_help_gives_law_why_and_fix_and_properties_the_provision(run: dict[str, Any]) -> None:
    rule = run["tool"]["driver"]["rules"][0]
    for part in ("Law: Art. 8(1), resting on EBGL Art. 41(2)", "a proposal, not law",
                 "Why: Capacity kept for balancing", "Fix: Lower allocated_mw"):
        assert part in rule["help"]["text"]
    assert rule["properties"]["provision"] == "Art. 8(1)"
    assert rule["properties"]["rests_on"] == ["EBGL Art. 41(2)"]
    assert rule["properties"]["stage"] == "allocation"
    assert "helpUri" not in rule


def test_levels_are_error_warning_and_note_only(run: dict[str, Any]) -> None:
    assert {item["level"] for item in run["results"]} <= {"error", "warning", "note"}
    levels = {rule["id"]: rule["defaultConfiguration"]["level"]
              for rule in run["tool"]["driver"]["rules"]}
    assert (levels["GI-8.1"], levels["GI-13.4"], levels["GI-14.2"]) == ("error", "warning", "note")


def test_every_result_names_its_rule_and_has_one_place_with_a_line(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert len(result["locations"]) == 1
        place = result["locations"][0]["physicalLocation"]
        assert RELATIVE.fullmatch(place["artifactLocation"]["uri"])
        assert place["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert place["region"]["startLine"] >= 1
        assert place["region"]["startColumn"] >= 1
        assert place["region"]["endLine"] == place["region"]["startLine"]
        assert result["message"]["text"]
        assert "\n" not in result["message"]["text"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]


@pytest.mark.parametrize(("sources", "on", "expected"), [
    ([{"file": "allocations.csv", "line": 3}], "limits", ("allocations.csv", 3)),
    ([{"file": "allocations.csv", "line": None}], "limits", ("allocations.csv", 1)),
    ([], "energy_values", ("energy_values.csv", 1)),
    ([], "offered_capacity", ("with1/offered_capacity.csv.gz", 1)),
    ([], "limits", ("submission.yaml", 1)),
    ([], "", ("submission.yaml", 1)),
])
def test_a_finding_without_a_place_points_at_line_1_of_its_table_or_of_the_manifest(
        sources: list[dict[str, Any]], on: str, expected: tuple[str, int]) -> None:
    finding = sample_content()["outcomes"][0]["findings"][0] | {"sources": sources}
    place = run_of(changed(0, findings=[finding], on=on))["results"][0]["locations"][0]
    physical = place["physicalLocation"]
    assert (physical["artifactLocation"]["uri"], physical["region"]["startLine"]) == expected


def test_addresses_are_percent_encoded_and_of_no_other_host_or_scheme() -> None:
    for name in ("Übersicht 1.csv", "javascript:alert(1)", "//host/x", "a?b#c", HOSTILE, "\udcff",
                 "", "/etc/passwd", "100%.csv", "C:\\x.csv"):
        uri = uri_of(name)
        assert RELATIVE.fullmatch(uri), uri
        assert not re.match(r"[a-z]+:|/", uri, re.IGNORECASE)


def test_fingerprints_follow_rule_and_key_and_never_the_line() -> None:
    content = sample_content()
    findings = content["outcomes"][0]["findings"]
    before = [item["partialFingerprints"] for item in run_of(sample_report())["results"]]
    resorted = [item | {"sources": [{"file": "allocations.parquet", "line": 900 - number}],
                        "key": dict(reversed(item["key"].items()))}
                for number, item in enumerate(findings)]
    after = [item["partialFingerprints"] for item in
             run_of(changed(0, findings=resorted))["results"]]
    assert before == after
    assert len({json.dumps(item) for item in before}) == len(before)
    other = [item | {"key": item["key"] | {"product": "mFRR"}} for item in findings]
    assert run_of(changed(0, findings=other))["results"][0]["partialFingerprints"] != before[0]


def test_one_analysis_is_told_from_another_by_ruleset_and_submission(run: dict[str, Any]) -> None:
    name = run["automationDetails"]["id"]
    assert name == "czca_rules/greece-italy-mb/GR-IT-2026-03-11/revision-2"
    submission = sample_content()["submission"] | {"id": "a/b c"}
    assert run_of(sample_report(submission=submission))["automationDetails"]["id"] == \
        "czca_rules/greece-italy-mb/a%2Fb%20c/revision-2"


def test_a_run_without_results_has_an_empty_list() -> None:
    assert run_of(compliant_report())["results"] == []


def test_more_results_than_github_takes_are_left_out_least_severe_first_and_said() -> None:
    run = run_of(sample_report(), most_results=6)
    assert [item["ruleId"] for item in run["results"]] == ["GI-8.1"] * 5 + ["GI-6.1-in-time"]
    said = notices(run, "not-listed")[-1]
    assert said["level"] == "warning"
    assert said["message"]["text"].startswith("2 results left out of this file")


def test_a_file_larger_than_github_takes_is_made_smaller_and_says_so() -> None:
    findings = [sample_content()["outcomes"][0]["findings"][0] | {
        "key": {"mtu_start": f"{number}"}, "message": f"{number ** 7}"} for number in range(2_000)]
    report = changed(0, findings=findings)
    limit = 60_000
    written = sarif(report, most_bytes=limit)
    assert len(gzip.compress(sarif(report))) > limit
    assert len(gzip.compress(written)) <= limit
    run = json.loads(written)["runs"][0]
    left = len(findings) + 3 - len(run["results"])
    assert 0 < left < len(findings)
    assert f"{left:,}".replace(",", " ") in notices(run, "not-listed")[-1]["message"]["text"]


# What the standard asks for

def test_an_exempt_row_is_a_suppressed_result_that_names_the_derogation(
        run: dict[str, Any]) -> None:
    exempt = [item for item in run["results"] if item["suppressions"]]
    assert [item["ruleId"] for item in exempt] == ["GI-8.4"]
    assert exempt[0]["level"] == "note"
    assert exempt[0]["suppressions"] == [{"kind": "external", "justification": (
        "dc_border, no limit where only direct current connects, document NRA-2025-7: "
        "declared by the sender, not verified")}]
    assert exempt[0]["message"]["text"].startswith(
        "Exempt, as declared by the sender and not verified: ")
    assert all("suppressions" in item for item in run["results"])


def test_rows_that_pass_with_a_note_are_no_results(run: dict[str, Any]) -> None:
    assert "GI-17.3" not in {item["ruleId"] for item in run["results"]}
    assert {item["kind"] for item in run["results"]} == {"fail"}
    note, = notices(run, "noted")
    assert (note["level"], note["associatedRule"]["id"]) == ("note", "GI-17.3")


def test_what_could_not_be_judged_is_a_notification_with_its_cause(run: dict[str, Any]) -> None:
    invocation = run["invocations"][0]
    assert invocation["executionSuccessful"] is True
    told = {item["associatedRule"]["id"]: item for item in notices(run, "not-assessable")}
    assert list(told) == ["GI-8.1", "GI-9.3", "GI-9.1"]
    assert told["GI-9.1"]["level"] == "error"
    assert told["GI-9.1"]["message"]["text"] == \
        "GI-9.1: 131 rows could not be judged: energy_values.csv has wrong cells."
    assert "it turns on reference_day_holidays" in told["GI-9.3"]["message"]["text"]
    assert told["GI-9.1"]["locations"][0]["physicalLocation"]["region"]["startLine"] == 17
    for item in told.values():
        assert run["tool"]["driver"]["rules"][item["associatedRule"]["index"]]["id"] == \
            item["associatedRule"]["id"]


def test_input_problems_are_notifications_with_places_and_the_rest_is_counted(
        run: dict[str, Any]) -> None:
    problems = notices(run, "input-problem")
    first = problems[0]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == \
        "energy_values.csv"
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 17
    assert 'expected a number with a point and no thousands mark. Write 1000.0.' in \
        first["message"]["text"]
    assert [item["message"]["text"] for item in problems[3:]] == \
        ["130 more places of the kind wrong_type."]


def test_kinds_of_notification_are_described_by_the_driver(run: dict[str, Any]) -> None:
    known = run["tool"]["driver"]["notifications"]
    for item in run["invocations"][0]["toolExecutionNotifications"]:
        assert known[item["descriptor"]["index"]]["id"] == item["descriptor"]["id"]


def test_a_baseline_tells_new_from_known_results() -> None:
    content = sample_content()
    content["scope"] |= {"baseline": "1" * 64}
    content["outcomes"][0]["findings"][0]["known"] = True
    run = run_of(ReportModel.model_validate(content))
    assert [item["baselineState"] for item in run["results"]] == \
        ["unchanged"] + ["new"] * (len(run["results"]) - 1)
    assert run["properties"]["baseline_sha256"] == "1" * 64
    assert all("baselineState" not in item for item in run_of(sample_report())["results"])


def test_the_run_says_verdict_scope_legal_status_and_files(run: dict[str, Any]) -> None:
    said = run["properties"]
    assert (said["verdict"], said["verdict_in_words"]) == \
        ("not_compliant", "not consistent with the draft")
    assert said["legal_status_in_words"] == "a proposal, not law"
    assert "stages allocation and procurement" in said["holds_for"]
    assert said["confidential"] is False
    assert run["columnKind"] == "utf16CodeUnits"
    assert {item["location"]["uri"]: item["hashes"]["sha-256"] for item in run["artifacts"]} == {
        item["path"]: item["sha256"] for item in sample_content()["submission"]["files"]}


def test_confidential_values_are_marked_in_every_message() -> None:
    run = run_of(sample_report(scope=sample_content()["scope"] | {"confidential": True}))
    assert run["properties"]["confidential"] is True
    assert all(item["message"]["text"].startswith("[confidential] ") for item in run["results"])
    assert len(notices(run, "confidential")) == 1


def test_a_message_makes_no_link_and_no_placeholder() -> None:
    assert message("see [here](http://x) and {0}, rows [1]") == \
        r"see \[here\](http://x) and {{0}}, rows [1]"


@pytest.mark.parametrize("text", [
    "<img src=x onerror=y>", "[a](http://b)", "![a](b)", "`x` *y* __z__", "<http://x>", "&lt;b&gt;",
    "a | b", "# 1", "\\[a](b)"])
def test_markdown_shows_texts_as_they_are(text: str) -> None:
    shown = MarkdownIt("commonmark", {"html": True}).render(f"**Fix:** {markdown(text)}")
    escaped = html.escape(text, quote=False)
    assert shown == f"<p><strong>Fix:</strong> {escaped}</p>\n"


def test_markdown_gives_github_nobody_to_call_and_no_address_to_link() -> None:
    assert markdown("@who http://x www.y.z") == r"\@who http\://x www\.y.z"


def test_the_same_report_gives_the_same_bytes() -> None:
    again = ReportModel.model_validate(sample_content())
    assert sarif(sample_report()) == sarif(again)
