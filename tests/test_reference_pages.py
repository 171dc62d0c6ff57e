"""The generated reference pages say what the rulesets say now."""

from __future__ import annotations

from pathlib import Path

import pytest

from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.reference import reference_markdown, rulesets_with_rules

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("name", rulesets_with_rules())
def test_reference_page_is_current(name: str) -> None:
    page = (DOCS / f"rules-{name}.md").read_text(encoding="utf-8")
    assert page == reference_markdown(load_ruleset(name)), (
        "run `python -m czca_rules.rulebook.reference`")


@pytest.mark.parametrize("name", rulesets_with_rules())
def test_every_rule_belongs_to_a_provision_of_its_methodology(name: str) -> None:
    ruleset = load_ruleset(name)
    known = {form.provision for form in ruleset.provisions}
    for rule in ruleset.own_rules().values():
        assert rule.form.provision in known


@pytest.mark.parametrize("name", rulesets_with_rules())
def test_a_provision_without_rule_says_why(name: str) -> None:
    ruleset = load_ruleset(name)
    checked = {rule.form.provision for rule in ruleset.own_rules().values()}
    for form in ruleset.provisions:
        judged = form.provision in checked or bool(form.judged_with)
        assert (form.reason is None) == judged, form.provision
