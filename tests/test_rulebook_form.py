"""Errors of form in a ruleset, and what holds over all its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_rulesets import HEAD, RULE, USE, problems_of, rule, write_ruleset

from czca_rules.rulebook.loading import load_ruleset
from czca_rules.strict_yaml import parse_yaml

READINGS = """\
readings:
  limit_base:
    title: What the limit is a share of
    standing: open
    default: mean
    cite: Art. 1
    values: {mean: The mean, maximum: The largest}
"""
PARAMETERS = """\
parameters:
  volume_share:
    title: A share
    unit: share
    values:
      2017-12-18: {value: 0.05, cite: Art. 1}
    reviewed: 2026-11-20
"""
#: A relation `use` with one more step, whose text begins in line 7 and column 9.
STEPPED = USE + "    steps:\n      - {}\n"


RULE_TEXT = rule()


@pytest.mark.parametrize(("name", "text", "line", "column", "kind"), [
    ("rules/TR-1.yaml", RULE_TEXT.replace("title:", "titel:"), 2, 1, "unknown_key"),
    ("rules/TR-1.yaml", RULE_TEXT + "must: 'true'\n", 14, 1, "duplicate_key"),
    ("rules/TR-1.yaml", RULE_TEXT.replace("id: TR-1\n", "") + "id: TR-1\n", 1, 8, "key_order"),
    ("rules/TR-2.yaml", RULE_TEXT, 1, 5, "file_name"),
    ("rules/TR-1.yaml", RULE_TEXT.replace("why:", "why: &a"), 9, 6, "anchor"),
    ("rules/TR-1.yaml", RULE_TEXT.replace("why:", "why: !x"), 9, 6, "tag"),
    ("rules/TR-1.yaml", RULE_TEXT.replace("why: ", "why:\n\t"), 10, 1, "yaml"),
    ("rules/TR-1.yaml", RULE_TEXT + "---\na: 1\n", 14, 1, "second_document"),
    ("rules/TR-1.yaml", RULE_TEXT.replace("To try it.", "To \x07 it."), 9, 9, "yaml"),
    ("rules/TR-1.yaml", RULE_TEXT.replace("To try it.", "Zu früh.").encode("latin-1"), 9, 11,
     "encoding"),
    ("rules/TR-1.yaml", "", 1, 1, "empty"),
    ("rules/TR-1.yaml", "# nothing\n", 1, 1, "empty"),
    ("rules/TR-1.yaml", "- a\n", 1, 1, "not_a_mapping"),
    ("rules/TR-1.yaml", RULE_TEXT.replace("why: To try it.\n", ""), 1, 1, "missing_key"),
    ("ruleset.yaml", HEAD.replace("id: trial", "id: Trial"), 1, 5, "bad_name"),
    ("ruleset.yaml", HEAD + "includes: [ebgl, eblg]\n", 6, 18, "include"),
    ("ruleset.yaml", HEAD + "includes: [trial]\n", 6, 12, "include_cycle"),
    ("parameters.yaml", PARAMETERS.replace("share\n", "MV\n"), 4, 11, "unknown_word"),
    ("parameters.yaml", PARAMETERS.replace("0.05", "1e9"), 6, 27, "value_error"),
    ("parameters.yaml", PARAMETERS.replace("0.05", "'0.05'"), 6, 27, "value_error"),
    ("parameters.yaml", PARAMETERS.replace("0.05", "0.05%"), 6, 27, "value_error"),
    ("readings.yaml", READINGS.replace("default: mean", "default: man"), 3, 5, "value_error"),
    ("readings.yaml", READINGS.replace("maximum", "'max''imum'"), 7, 30, "bad_name"),
    ("derived.yaml", USE.replace("from: allocations", "from: alocations"), 5, 11,
     "unknown_relation"),
    ("derived.yaml", "periods:\n  year:\n    title: A year\n    cite: Art. 1\n    from: {years: 0, "
     "month: 2, day: 29}\n    until: {years: 1, month: 1, day: 1}\n" + USE, 5, 11, "value_error"),
    ("derived.yaml", "periods:\n  year:\n    title: A year\n    cite: Art. 1\n    from: {years: 1, "
     "month: 1, day: 1}\n    until: {years: 1, month: 1, day: 1}\n" + USE, 3, 5, "value_error"),
])
def test_errors_of_form_stand_at_their_place(tmp_path: Path, name: str, text: str | bytes,
                                             line: int, column: int, kind: str) -> None:
    problems = problems_of(tmp_path / "trial", {name: text})
    found = [item for item in problems if item.kind.startswith(kind)]
    assert [(item.file, item.line, item.column) for item in found] == [
        (f"trial/{name}", line, column)], [str(item) for item in problems]


def test_every_kind_of_error_comes_out_in_one_run(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "rules/TR-1.yaml": rule(must="allocated_mv > 0 MW"), "rules/TR-2.yaml": "",
        "rules/TR-3.yaml": rule(id="TR-3", level="eror", stage="alocation"),
        "rules/TR-4.yaml": rule(id="TR-4", on="uses"), "rules/TR-5.yaml": rule(id="TR-6"),
        "rules/TR-7.yaml": "a: &b 1\n", "rules/TR-8.yaml": b"\xff\xfe",
        "rules/TR-9.yaml": rule(id="TR-9", message="'{x}'", fix="'{y}'", must="1 h > 0 MW"),
    }
    problems = problems_of(tmp_path / "trial", files)
    assert sorted((item.file.rpartition("/")[2], item.kind) for item in problems) == [
        ("TR-1.yaml", "formula"), ("TR-2.yaml", "empty"), ("TR-3.yaml", "unknown_word"),
        ("TR-3.yaml", "unknown_word"), ("TR-4.yaml", "unknown_relation"),
        ("TR-5.yaml", "file_name"), ("TR-7.yaml", "anchor"), ("TR-8.yaml", "encoding"),
        ("TR-9.yaml", "fix_values"), ("TR-9.yaml", "formula"), ("TR-9.yaml", "message_name")]
    assert all(item.line and item.column for item in problems)


def test_names_are_unique_over_all_that_a_ruleset_includes(tmp_path: Path) -> None:
    write_ruleset(tmp_path / "below", {"ruleset.yaml": HEAD.replace("id: trial", "id: below"),
                                       "parameters.yaml": PARAMETERS, "readings.yaml": READINGS,
                                       "rules/TR-1.yaml": rule()})
    files = {"ruleset.yaml": HEAD + "includes: [below]\n", "parameters.yaml": PARAMETERS,
             "readings.yaml": READINGS, "rules/tr.yaml": rule(id="TR-1")}
    problems = problems_of(tmp_path / "trial", files)
    assert {item.file for item in problems} >= {"trial/parameters.yaml", "trial/readings.yaml"}
    assert {item.kind for item in problems} == {"defined_twice"}


def test_identifiers_that_differ_in_capitals_alone_are_one(tmp_path: Path) -> None:
    problems = problems_of(tmp_path / "trial", {"rules/TR-1.a.yaml": rule(id="TR-1.a"),
                                                "rules/TR-1.A.yaml": rule(id="TR-1.A")})
    assert [(item.kind, item.line, item.column) for item in problems] == [("defined_twice", 1, 5)]


def test_the_hash_does_not_change_with_line_ends_or_comments(tmp_path: Path) -> None:
    unix = write_ruleset(tmp_path / "a" / "trial", {"rules/TR-1.yaml": rule()})
    windows = write_ruleset(tmp_path / "b" / "trial", {
        "rules/TR-1.yaml": "\ufeff# told\r\n" + rule().replace("\n", "\r\n"),
        "derived.yaml": USE.replace("\n", "\r\n")})
    assert load_ruleset(str(unix)).sha256 == load_ruleset(str(windows)).sha256
    assert set(RULE) >= {"id", "must"}


@pytest.mark.parametrize(("text", "value"), [
    ("a: NO", "NO"), ("a: 10:00", "10:00"), ("a: 0x10", "0x10"), ("a: 1_000", "1_000"),
    ("a: 1e3", "1e3"), ("a: .5", ".5"), ("a: 010", "010"), ("a: 2026-03-11", "2026-03-11"),
    ("a: 'true'", "true"), ("a: True", "True"), ("a: ~", None), ("a:", None), ("a: true", True)])
def test_no_type_is_guessed(text: str, value: object) -> None:
    found, problems = parse_yaml(text, "x.yaml")
    assert problems == []
    assert found == {"a": value}
    assert type(found["a"]) is type(value)
