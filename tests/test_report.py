"""The report: its schema, its canonical bytes, text made harmless, and exact figures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from report_sample import HOSTILE, compliant_report, sample_content, sample_report

from czca_rules.report import model as report_model
from czca_rules.report.canonical import canonical_bytes, write_atomically
from czca_rules.report.figures import excess, key_text
from czca_rules.report.model import FindingPart, ReportModel, report_schema, schema_text
from czca_rules.report.page import render_page
from czca_rules.report.printable import json_printable, masked, printable
from czca_rules.report.terminal import render_terminal
from czca_rules.report.words import repeat_command

SCHEMA = Path(report_model.__file__).parent / "schema" / "report.json"


# The model

def test_the_kept_schema_is_current() -> None:
    """``python -m czca_rules.report.model`` prints it anew."""
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("report", [sample_report(), compliant_report()])
def test_canonical_reports_meet_the_published_schema(report: ReportModel) -> None:
    document = json.loads(canonical_bytes(report))
    jsonschema.Draft202012Validator.check_schema(report_schema())
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_schema_refuses_what_the_model_refuses() -> None:
    content = json.loads(canonical_bytes(sample_report())) | {"note": "mine"}
    with pytest.raises(jsonschema.ValidationError, match="note"):
        jsonschema.validate(content, report_schema())
    with pytest.raises(ValidationError, match="note"):
        ReportModel.model_validate(content)


@pytest.mark.parametrize(("change", "message"), [
    ({"verdict": "compliant"}, "the outcomes make it not_compliant"),
    ({"counts": {"passed": 12, "failed": 0, "exempt": 0, "not_applicable": 0,
                 "not_assessable": 0}}, r"counts.passed is 12, but 4 rules have it"),
    ({"law_date": "11 March 2026"}, "law_date"),
])
def test_a_report_that_contradicts_itself_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        sample_report(**change)


def test_numbers_have_no_exponent() -> None:
    content = sample_content()
    content["outcomes"][0]["findings"][0]["observed"] = "1.64E+2"
    with pytest.raises(ValidationError, match="without exponent"):
        ReportModel.model_validate(content)


# Canonical bytes

def test_a_report_read_back_has_the_same_bytes() -> None:
    first = canonical_bytes(sample_report())
    again = ReportModel.model_validate_json(first.replace(rb"\ud800", b"")) \
        .model_dump(mode="json", by_alias=True)
    assert canonical_bytes(ReportModel.model_validate(again)) == first.replace(rb"\ud800", b"")
    assert canonical_bytes(sample_report()) == first
    assert first.endswith(b"}\n")
    assert list(json.loads(first)) == sorted(json.loads(first))


def test_every_rendering_is_the_same_twice_and_after_reading_back() -> None:
    content = json.loads(canonical_bytes(sample_report()))
    fresh, stored = sample_report(), ReportModel.model_validate(content)
    assert render_page(fresh) == render_page(fresh) == render_page(stored)
    assert render_terminal(fresh) == render_terminal(fresh) == render_terminal(stored)


@pytest.mark.parametrize("place", ["outcomes", "environment"])
def test_a_float_anywhere_is_an_error_that_names_its_place(place: str) -> None:
    report = sample_report()
    if place == "environment":
        changed = report.model_copy(update={"environment": {"python": 3.11}})
    else:
        finding = report.outcomes[0].findings[0].model_copy(update={"observed": 164.0})
        outcome = report.outcomes[0].model_copy(update={"findings": (finding,)})
        changed = report.model_copy(update={"outcomes": (outcome,)})
    with pytest.raises(TypeError, match=rf"report\.{place}.* binary floating-point number"):
        canonical_bytes(changed)


def test_canonical_json_keeps_hostile_text_exactly_and_shows_none_of_it() -> None:
    written = canonical_bytes(sample_report())
    finding = json.loads(written)["outcomes"][0]["findings"][4]
    assert finding["sources"][0]["file"] == HOSTILE
    for unsafe in ("\x1b", "\u202e", "\u2066"):
        assert unsafe.encode() not in written


def test_a_file_is_replaced_wholly_or_not_at_all(tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"

    def refuse(source: object, target: object) -> None:
        raise OSError("disk is gone")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="disk is gone"):
        write_atomically(path, b"newest")
    assert path.read_bytes() == b"new"
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]


# Printable

@pytest.mark.parametrize(("text", "shown"), [
    ("plain GR>IT-SUD, 5 % ≤ 10 €", "plain GR>IT-SUD, 5 % ≤ 10 €"),
    ("\x1b[2Jgone", r"\x1b[2Jgone"),
    ("\x9b31m", r"\x9b31m"),
    ("a\r\nb\tc", "a b c"),
    ("\u202eevil\u2069", r"\u202eevil\u2069"),
    ("::error file=x::no", ": :error file=x: :no"),
    ("\n::::set-output", " : : : :set-output"),
    ("##vso[task.complete]", "# #vso[task.complete]"),
    ("\x00\ufffe\ud800", r"\x00\ufffe\ud800"),
    ("\U000e0041", r"\U000e0041"),
])
def test_printable_shows_and_does_nothing(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


@given(st.text(st.characters(codec=None)))
def test_printable_text_is_safe_everywhere(text: str) -> None:
    shown = printable(text)
    assert "::" not in shown
    assert "##" not in shown
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", shown)


@given(st.text(st.characters(codec=None)))
def test_json_made_printable_means_the_same(text: str) -> None:
    document = json_printable(json.dumps([text], ensure_ascii=False))
    # Two lone halves that meet make one character: that is JSON's rule, not ours.
    assert json.loads(document)[0].encode("utf-16", "surrogatepass") == \
        text.encode("utf-16", "surrogatepass")
    assert "##" not in document


def test_masks_are_stable_under_one_key_only() -> None:
    assert masked("BSP-7", b"k") == masked("BSP-7", b"k")
    assert re.fullmatch("[0-9a-f]{8}", masked("BSP-7", b"k"))
    assert masked("BSP-7", b"k") not in (masked("BSP-8", b"k"), masked("BSP-7", b"l"))


# Figures

@pytest.mark.parametrize(("observed", "required", "most", "expected"), [
    ("164", "160", None, "+4"), ("159.500", "160", None, "−0.5"), ("160", "160.000", None, "0"),
    ("12", "0", "10", "+2"), ("-3", "0", "10", "−3"), ("masked", "0", None, None),
    ("2026-03-10T09:35:00Z", "2026-03-10T09:00:00Z", None, "+35 min"),
    ("2026-03-08T08:00:00Z", "2026-03-10T09:30:01Z", None, "−2 d 1 h 30 min 1 s"),
    ("NaN", "1", None, None), (None, "1", None, None),
])
def test_excess_is_exact_and_signed(observed: str | None, required: str, most: str | None,
                                    expected: str | None) -> None:
    assert excess(_finding(observed, required, most)) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-10**12,
                   max_value=10**12),
       st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-10**12,
                   max_value=10**12))
def test_excess_loses_no_digit(observed: Decimal, required: Decimal) -> None:
    text = excess(_finding(f"{observed:f}", f"{required:f}", None))
    assert text is not None
    assert Decimal(text.replace("−", "-")) + required == observed


def _finding(observed: str | None, required: str | None, most: str | None) -> FindingPart:
    return FindingPart(
        outcome="failed", key={}, sources=(), observed=observed, relation="<=", required=required,
        required_max=most, tolerance=None, unit=None, parameters=(), reading={}, exemption=None,
        effect_eur=None, message="", fix="")


def test_a_key_reads_direction_first_and_time_last() -> None:
    key = {"mtu_start": "2026-03-10T23:00:00Z", "direction": "up", "to_zone": "B",
           "product": "aFRR", "from_zone": "A"}
    assert key_text(key) == "A>B up aFRR 2026-03-11 00:00 CET"


def test_the_command_repeats_every_option() -> None:
    scope = sample_content()["scope"] | {"selected": ["GI-8.*"], "ignored": [],
                                         "all_readings": True}
    command = repeat_command(sample_report(scope=scope, law_date="2027-01-01"))
    assert command == (
        "czca check SUBMISSION --with CONTEXT1 --ruleset greece-italy-mb --stage allocation "
        "--stage procurement --date 2027-01-01 --reading limit_base=maximum --all-readings "
        "--select 'GI-8.*' -o report.json")


# Cost

def test_importing_the_report_loads_no_renderer_and_no_engine() -> None:
    modules = ["model", "canonical", "printable", "figures", "words", "terminal", "page"]
    script = "\n".join([*(f"import czca_rules.report.{name}" for name in modules),
                        "import sys",
                        "print(sorted({'pandas', 'duckdb', 'polars', 'rich', 'jinja2'} "
                        "& set(sys.modules)))"])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          check=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.stdout.strip() == "[]"
