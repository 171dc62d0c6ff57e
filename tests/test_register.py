"""The register of a methodology: every paragraph accounted for, faults of the text named."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from small_rulesets import load, problems_of, rule

from czca_rules import cli
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.register_lists import coverage_rows, coverage_text, defects_text
from czca_rules.rulebook.shipped import shipped_root
from czca_rules.strict_yaml import read_yaml

TEXTS = Path(__file__).parent.parent.parent / "shared" / "methodologies"
METHODOLOGIES = {"core-ee": "core-ee-czca.txt", "greece-italy-mb": "greece-italy-mb-czca.txt"}
HASH = "0" * 64
PROVISIONS = """\
provisions:
  - {provision: Art. 1, title: A duty}
  - {provision: Art. 2, title: Terms, definition: Terms only.}
"""
PARAGRAPHS = f"text_sha256: '{HASH}'\nparagraphs: [Art. 1, Art. 2]\n"
DEFECT = """\
defects:
  - provision: Art. 2
    kind: wrong_reference
    found: It points to a provision about something else.
    taken_as: The provision next to it
    rules: [TR-1]
"""
SOUND = {"rules/TR-1.yaml": rule(), "provisions.yaml": PROVISIONS, "paragraphs.yaml": PARAGRAPHS,
         "defects.yaml": DEFECT}


def test_a_sound_register_has_no_problems(tmp_path: Path) -> None:
    ruleset = load(tmp_path / "trial", SOUND)
    assert [row["kind"] for row in coverage_rows(ruleset)] == ["checked", "definition"]
    assert coverage_text(ruleset).splitlines() == [
        "trial: 2 provisions, 1 rules", "    1  checked", "    1  definition"]
    assert defects_text(ruleset, 80).splitlines()[0] == "Art. 2  wrong reference"


@pytest.mark.parametrize(("file", "old", "new", "line", "found"), [
    ("provisions.yaml", "Terms only.}", "Terms only., pending: Later.}", 3, "one reason"),
    ("provisions.yaml", "title: A duty", "title: A duty, feeds: dc_border", 2, "`feeds`"),
    ("provisions.yaml", ", definition: Terms only.", "", 3, "without a rule or a reason"),
    ("provisions.yaml", "title: A duty", "title: A duty, pending: Later.", 2, "with a rule"),
    ("provisions.yaml", "Art. 2, title", "Art. 3, title", 3, "`Art. 3`"),
    ("paragraphs.yaml", "Art. 2]", "Art. 2, Art. 3]", 2, "nothing about `Art. 3`"),
    ("paragraphs.yaml", "Art. 1, Art. 2", "Art. 2, Art. 1", 2, "`Art. 1` here"),
    ("paragraphs.yaml", HASH, "not a hash", 1, "not a hash"),
    ("defects.yaml", "TR-1", "TR-9", 6, "rule `TR-9`"),
    ("defects.yaml", "rules: [TR-1]", "reading: no_reading", 6, "reading `no_reading`"),
    ("defects.yaml", "wrong_reference", "typo", 3, "typo"),
])
def test_each_error_of_a_register_is_named(tmp_path: Path, file: str, old: str, new: str,
                                           line: int, found: str) -> None:
    problems = problems_of(tmp_path / "trial", {**SOUND, file: SOUND[file].replace(old, new)})
    assert problems
    told = [f"{item.found} {item.expected}" for item in problems]
    assert any(found in text for text in told), told
    assert line in {item.line for item in problems}


@pytest.mark.parametrize("name", sorted(METHODOLOGIES))
def test_every_paragraph_of_both_methodologies_is_in_the_register(name: str) -> None:
    value, problems = read_yaml(shipped_root() / name / "paragraphs.yaml", "paragraphs.yaml")
    assert not problems
    assert isinstance(value, dict)
    ruleset = load_ruleset(name)
    assert [form.provision for form in ruleset.provisions] == list(value["paragraphs"])
    assert ruleset.defects


@pytest.mark.parametrize("name", sorted(METHODOLOGIES))
def test_the_register_is_that_of_the_text(name: str) -> None:
    text = TEXTS / METHODOLOGIES[name]
    if not text.exists():
        pytest.skip("the text of the methodology is not beside this checkout")
    value, _ = read_yaml(shipped_root() / name / "paragraphs.yaml", "paragraphs.yaml")
    assert isinstance(value, dict)
    assert hashlib.sha256(text.read_bytes()).hexdigest() == value["text_sha256"]


@pytest.mark.parametrize("name", sorted(METHODOLOGIES))
def test_permissions_feed_derogations_that_rules_know(name: str) -> None:
    ruleset = load_ruleset(name)
    known = {item.exemption for one in ruleset.rules.values() for item in one.derogations}
    fed = {form.feeds for form in ruleset.provisions if form.feeds}
    assert fed <= known


@pytest.mark.parametrize(("option", "key"), [("--coverage", "kind"), ("--defects", "taken_as")])
def test_the_register_is_listed_for_programs(option: str, key: str,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["rules", "core-ee", option, "--json"])
    assert ended.value.code == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert all(row[key] for row in rows)
