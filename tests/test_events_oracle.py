"""The engine against plain Python: rules about time over events drawn at random."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from drawn_events import event_submissions, groups
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_rulesets import disagreements

from czca_rules.check.codes import Code
from czca_rules.check.judging import Judging, Options
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.tables.submission import Submission

TRIES = settings(max_examples=int(os.environ.get("CZCA_TRIES", "16")), deadline=None,
                 derandomize="CI" in os.environ, database=None,
                 suppress_health_check=list(HealthCheck))
READINGS: tuple[dict[str, str], ...] = (
    {}, {"hours_deadline": "strict"}, {"hours_deadline": "legal"}, {"week_ahead": "calendar_week"})
BY_DAY, LONGER = ("tso_auctions", "tso_days"), ("recurring_duties", "tso_applications")
DRAWN = [("greece-italy-mb", "market_based", BY_DAY), ("core-ee", "economic_efficiency", BY_DAY),
         ("greece-italy-mb", "inverted_market_based", BY_DAY),
         ("greece-italy-mb", "inverted_market_based", LONGER)]


def rules_on(ruleset: Ruleset, relations: tuple[str, ...], approach: str) -> tuple[str, ...]:
    """The rules on some relations under an approach."""
    return tuple(rule.id for rule in ruleset.rules.values() if rule.form.on in relations
                 and (not rule.form.approach or approach in rule.form.approach))


@pytest.mark.parametrize(("name", "approach", "relations"), DRAWN)
def test_engine_and_interpreter_judge_events_alike(name: str, approach: str,
                                                   relations: tuple[str, ...]) -> None:
    ruleset = load_ruleset(name)
    rules = rules_on(ruleset, relations, approach)
    met: Counter[Code] = Counter()

    @TRIES
    @given(event_submissions(groups(ruleset, relations), approach), st.sampled_from(READINGS))
    def alike(drawn: tuple[dict[str, Any], dict[str, Any]], readings: dict[str, str]) -> None:
        with Submission.from_tables(*drawn) as submission:
            judging = Judging(submission, ruleset, Options(readings=readings, select=rules))
            assert disagreements(judging) == []
            for outcome in judging.outcomes():
                met.update(outcome.counts)

    alike()
    assert met[Code.PASSED] + met[Code.NOTED] > 0  # events that are due meet what they count from
    assert met[Code.FAILED] > 0
    assert met[Code.NOT_ASSESSABLE] > 0


@TRIES
@given(st.data())
def test_the_order_of_rows_does_not_matter(data: st.DataObject) -> None:
    ruleset = load_ruleset("greece-italy-mb")
    rules = rules_on(ruleset, (*BY_DAY, *LONGER), "market_based")
    head, tables = data.draw(event_submissions(groups(ruleset, (*BY_DAY, *LONGER))))
    turned = {name: data.draw(st.permutations(rows)) for name, rows in tables.items()}
    found = []
    for one in (tables, turned):
        with Submission.from_tables(head, one) as submission:
            judging = Judging(submission, ruleset, Options(select=rules))
            found.append([(item.rule.id, item.outcome, item.judged)
                          for item in judging.outcomes()])
    assert found[0] == found[1]
