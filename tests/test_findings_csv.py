"""Findings as CSV: one row each, for a spreadsheet that means well and a cell that does not."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from report_sample import sample_content, sample_report

from czca_rules.report.findings_csv import BYTE_ORDER_MARK, COLUMNS, findings_csv
from czca_rules.report.model import ReportModel


def rows_of(report: ReportModel) -> list[dict[str, str]]:
    """The rows as a program reads them."""
    text = findings_csv(report).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def first_row(**finding: Any) -> dict[str, str]:
    """The row of one finding, the sample's first with some values changed."""
    content = sample_content()
    content["outcomes"][0]["findings"] = [content["outcomes"][0]["findings"][0] | finding]
    return rows_of(ReportModel.model_validate(content))[0]


def test_every_finding_of_the_report_is_a_row_under_the_same_columns() -> None:
    rows = rows_of(sample_report())
    assert [row["rule"] for row in rows] == [
        item["rule"] for item in sample_content()["outcomes"] for _ in item["findings"]]
    assert tuple(rows[0]) == COLUMNS
    assert {row["outcome"] for row in rows} == {"failed", "not_assessable", "exempt", "passed"}


def test_a_row_says_rule_place_time_and_both_numbers() -> None:
    row = rows_of(sample_report())[1]
    assert {name: value for name, value in row.items() if value} == {
        "rule": "GI-8.1", "provision": "Art. 8(1)", "level": "error", "stage": "allocation",
        "title": "Balancing gets no more than its share of the offered capacity",
        "outcome": "failed", "known": "false", "noted": "false", "from_zone": "GR",
        "to_zone": "IT-SUD", "mtu_start": "2026-03-10T23:15:00Z",
        "market_time": "2026-03-11 00:15 CET", "market_day": "2026-03-11",
        "file": "allocations.csv", "line": "4", "observed": "171.5", "relation": "<=",
        "required": "160", "tolerance": "0", "excess": "11.5", "unit": "MW",
        "reading": "limit_base=maximum", "fix": "Lower the allocation to the limit.",
        "message": "171.5 MW is given to balancing; the limit is 160 MW (10 % of 1600 MW)",
        "confidential": "false"}


def test_other_parts_of_a_key_and_further_places_stand_together() -> None:
    places = [{"file": "a.csv", "line": 2}, {"file": "b.csv", "line": 3},
              {"file": "c.csv", "line": None}]
    row = first_row(key={"state": "final", "bid_id": "x", "zone": "GR"}, sources=places)
    assert (row["zone"], row["key"]) == ("GR", "bid_id=x; state=final")
    assert (row["file"], row["line"], row["more_sources"]) == ("a.csv", "2", "b.csv:3; c.csv")


def test_a_rule_without_a_fix_of_the_row_gives_its_own() -> None:
    assert first_row(fix="")["fix"].startswith("Lower allocated_mw to the limit")


@pytest.mark.parametrize(("observed", "required", "required_max", "excess", "unit"), [
    ("-5", "-3", None, "-2", "MW"),
    ("171.5", "0", "160", "11.5", "MW"),
    ("-1", "0", "160", "-1", "MW"),
    ("123456789012345.123456", "0", None, "123456789012345.123456", "MW"),
    ("2026-03-10T09:35:00Z", "2026-03-10T09:00:00Z", None, "2100", "s"),
    ("2026-03-10T08:59:59.5Z", "2026-03-10T09:00:00Z", None, "-0.5", "s"),
    ("2026-03-10T12:00:00Z", "2026-03-10T09:00:00Z", "2026-03-10T11:00:00Z", "3600", "s"),
    ("b9ccb447", "0", "10000", "", "MW"),
    (None, "160", None, "", "MW"),
])
def test_the_excess_is_a_plain_signed_number(
        observed: str | None, required: str, required_max: str | None, excess: str,
        unit: str) -> None:
    row = first_row(observed=observed, required=required, required_max=required_max)
    assert (row["excess"], row["unit"]) == (excess, unit)


@pytest.mark.parametrize(("text", "cell"), [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1+1", "'-1+1"), ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "' =1"), ("\r=1", "' =1"), ("\n=1", "' =1"), ("  =1", "'  =1"), ("＝1", "'＝1"),
    ('"=1', "'\"=1"), ("a;=1", "a;'=1"), ('a; "=1', "a; \"'=1"), ("a=1", "a=1"), ("3;4", "3;4"),
])
def test_a_text_that_a_spreadsheet_could_calculate_is_kept_as_text(text: str, cell: str) -> None:
    assert first_row(message=text)["message"] == cell


def test_negative_numbers_stay_numbers_and_only_numbers_do() -> None:
    row = first_row(observed="-12.5", required="-1+cmd")
    assert (row["observed"], row["required"]) == ("-12.5", "'-1+cmd")


def test_the_file_is_utf_8_with_a_mark_and_crlf_and_quotes_only_where_needed() -> None:
    content = sample_content()
    content["outcomes"][0]["findings"][0]["message"] = 'Ωμέγα, "quoted"'
    written = findings_csv(ReportModel.model_validate(content))
    assert written.startswith(f"{BYTE_ORDER_MARK}rule,provision,".encode())
    assert written.count(b"\r\n") == written.count(b"\n") == 13
    assert 'maximum,"Ωμέγα, ""quoted""",,'.encode() in written


def test_other_programs_read_the_same(tmp_path: Any) -> None:
    import duckdb
    import pandas as pd

    file = tmp_path / "findings.csv"
    file.write_bytes(findings_csv(sample_report()))
    expected = [row["message"] for row in rows_of(sample_report())]
    assert list(pd.read_csv(file, dtype=str)["message"]) == expected
    found = duckdb.sql(f"SELECT message FROM read_csv('{file}', all_varchar = true)").fetchall()
    assert [row[0] for row in found] == expected


def test_confidential_values_are_marked_in_every_row() -> None:
    scope = sample_content()["scope"] | {"confidential": True}
    assert {row["confidential"] for row in rows_of(sample_report(scope=scope))} == {"true"}


def test_a_report_without_findings_is_its_columns() -> None:
    content = sample_content()
    for rule in content["outcomes"]:
        rule["findings"] = []
    written = findings_csv(ReportModel.model_validate(content))
    assert written == f"{BYTE_ORDER_MARK}{','.join(COLUMNS)}\r\n".encode()
