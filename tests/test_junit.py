"""JUnit XML as Jenkins and GitLab take it: one test case for each rule, never none."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from published_schemas import junit_schema
from report_sample import compliant_report, sample_content, sample_report

from czca_rules.report.junit import junit
from czca_rules.report.model import ReportModel

#: What the newest schema of Jenkins (junit-10.xsd) allows, where it differs from the older one.
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp",
                  "hostname", "id", "package", "file", "log", "url"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"}, "error": {"type", "message"}, "skipped": {"type", "message"},
    "properties": set(), "property": {"name", "value"}, "system-out": set()}
OUTCOME_ELEMENTS = {"failed": "failure", "not_assessable": "error", "not_applicable": "skipped"}


def suite_of(report: ReportModel) -> ET.Element:
    """The one test suite of a report."""
    suites = ET.fromstring(junit(report)).findall("testsuite")
    assert len(suites) == 1
    return suites[0]


def case_of(report: ReportModel, rule: str) -> ET.Element:
    return next(case for case in suite_of(report).findall("testcase")
                if case.attrib["name"].split(" ")[0] == rule)


def without_rules() -> ReportModel:
    """A report in which no rule was selected."""
    counts = dict.fromkeys(sample_content()["counts"], 0)
    return sample_report(outcomes=[], counts=counts, verdict="compliant")


REPORTS = [sample_report(), compliant_report(), without_rules()]


@pytest.mark.parametrize("report", REPORTS, ids=["sample", "compliant", "no rules"])
def test_it_meets_the_schema_that_jenkins_publishes(report: ReportModel) -> None:
    from lxml import etree

    junit_schema().assertValid(etree.fromstring(junit(report)))


def test_the_schema_would_notice_an_attribute_that_it_does_not_know() -> None:
    from lxml import etree

    wrong = etree.fromstring(junit(sample_report()).replace(b"<testcase ", b'<testcase file="x" '))
    assert not junit_schema().validate(wrong)


@pytest.mark.parametrize("report", REPORTS, ids=["sample", "compliant", "no rules"])
def test_it_keeps_to_what_the_newest_schema_of_jenkins_allows(report: ReportModel) -> None:
    whole = ET.fromstring(junit(report))
    for element in whole.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
    for suite in whole.iter("testsuite"):
        assert {"name", "tests", "failures", "errors"} <= set(suite.attrib)
    for case in whole.iter("testcase"):
        assert len([child for child in case if child.tag != "system-out"]) <= 1


def test_each_rule_is_a_case_of_its_outcome() -> None:
    cases = suite_of(sample_report()).findall("testcase")
    outcomes = sample_content()["outcomes"]
    assert [case.attrib["name"] for case in cases] == \
        [f"{item['rule']} {item['title']}" for item in outcomes]
    assert {case.attrib["classname"] for case in cases} == {"greece-italy-mb"}
    for case, item in zip(cases, outcomes, strict=True):
        expected = OUTCOME_ELEMENTS.get(item["outcome"])
        found = [child.tag for child in case if child.tag != "system-out"]
        assert found == ([expected] if expected else [])


@pytest.mark.parametrize("report", REPORTS, ids=["sample", "compliant", "no rules"])
def test_the_totals_are_those_of_the_cases(report: ReportModel) -> None:
    whole = ET.fromstring(junit(report))
    for element in (whole, *whole.findall("testsuite")):
        cases = list(element.iter("testcase"))
        assert int(element.attrib["tests"]) == len(cases) > 0
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            count = len([case for case in cases if case.find(tag) is not None])
            assert int(element.attrib.get(name, count)) == count


def test_a_report_without_rules_has_one_case_that_says_so() -> None:
    case, = suite_of(without_rules()).findall("testcase")
    assert case.findtext("skipped") == "No rule was selected, so nothing was judged."


def test_a_failed_rule_says_what_where_and_what_to_do() -> None:
    failure = case_of(sample_report(), "GI-8.1").find("failure")
    assert failure is not None
    assert failure.attrib["type"] == "error"
    assert failure.attrib["message"].startswith("8 rows failed: 164 MW is given to balancing")
    lines = (failure.text or "").splitlines()
    assert lines[0].startswith("allocations.csv:3  GR>IT-SUD 2026-03-11 00:00 CET: 164 MW")
    assert "and 3 more" in lines
    assert "also 1 row not assessable" in lines
    assert "law: Art. 8(1), resting on EBGL Art. 41(2)" in lines
    assert lines[-1] == "more: czca explain GI-8.1"


def test_the_first_twenty_findings_are_listed_and_the_rest_is_counted() -> None:
    content = sample_content()
    rule = content["outcomes"][0]
    rule["findings"] = [rule["findings"][0]] * 30
    rule["judged"] = rule["judged"] | {"failed": 1_234}
    text = case_of(ReportModel.model_validate(content), "GI-8.1").findtext("failure") or ""
    assert text.count("allocations.csv:3") == 20
    assert "and 1214 more" in text


def test_a_rule_that_could_not_be_judged_is_an_error_with_its_cause() -> None:
    error = case_of(sample_report(), "GI-9.1").find("error")
    assert error is not None
    assert error.attrib == {"type": "not_assessable",
                            "message": "131 rows not assessable: energy_values.csv has wrong cells"}
    assert "forecast_eur_mwh (energy_values.csv:17)" in (error.text or "")
    other = case_of(sample_report(), "GI-9.3").findtext("error") or ""
    assert "turns on: reference_day_holidays" in other


def test_a_rule_that_does_not_apply_is_skipped_with_its_reason() -> None:
    assert case_of(sample_report(), "GI-18.2").findtext("skipped") == "not due before 2026-06-30"


def test_an_exempt_rule_passes_and_says_by_what() -> None:
    case = case_of(sample_report(), "GI-8.4")
    assert [child.tag for child in case] == ["system-out"]
    assert (case.findtext("system-out") or "").startswith(
        "exempt: 12 rows by dc_border: no limit where only direct current connects (NRA-2025-7); "
        "declared by the sender, not verified")


def test_what_passed_inside_a_margin_is_said() -> None:
    said = case_of(sample_report(), "GI-17.3").findtext("system-out") or ""
    assert said.startswith("noted: 1 row passed only inside a tolerance or a disputed margin")


def test_known_findings_stay_failures_and_are_called_known() -> None:
    content = sample_content()
    content["outcomes"][0] |= {"known": 3}
    content["outcomes"][0]["findings"][0]["known"] = True
    failure = case_of(ReportModel.model_validate(content), "GI-8.1").find("failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("8 rows failed, 3 known from the baseline: ")
    assert "(known): 164 MW" in (failure.text or "")


def test_verdict_status_and_scope_are_properties_and_closing_words() -> None:
    suite = suite_of(sample_report())
    said = {item.attrib["name"]: item.attrib["value"] for item in suite.iter("property")}
    assert (said["verdict"], said["legal_status"], said["confidential"]) == \
        ("not_compliant", "proposal", "false")
    assert (suite.findtext("system-out") or "").startswith("NOT CONSISTENT WITH THE DRAFT: ")


def test_confidential_values_are_marked_where_they_are_shown() -> None:
    scope = sample_content()["scope"] | {"confidential": True}
    suite = suite_of(sample_report(scope=scope))
    marked: list[Any] = [*suite.iter("failure"), *suite.iter("error")]
    assert marked
    assert all(item.attrib["message"].startswith("[confidential] ") for item in marked)
    assert ET.tostring(suite).count(b'name="confidential" value="true"') == 1


def test_no_clock_and_no_attachment_of_a_file() -> None:
    content = sample_content()
    content["outcomes"][0]["findings"][0]["message"] = "[[ATTACHMENT|/etc/passwd]]"
    written = junit(ReportModel.model_validate(content))
    assert b"[[ATTACHMENT" not in written
    assert b"timestamp" not in written
    assert set(re.findall(rb' time="([^"]*)"', written)) == {b"0"}
    assert written == junit(ReportModel.model_validate(content))
