"""The engine against plain Python: the shipped rules over small submissions drawn at random."""

from __future__ import annotations

import os
from typing import Any

import pytest
from drawn_submissions import submissions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_rulesets import disagreements

from czca_rules.check.judging import Judging, Options
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.tables.submission import Submission

TRIES = settings(max_examples=int(os.environ.get("CZCA_TRIES", "10")), deadline=None,
                 derandomize="CI" in os.environ, database=None,
                 suppress_health_check=list(HealthCheck))

APPROACHES = {"greece-italy-mb": "market_based", "core-ee": "economic_efficiency"}


@pytest.mark.parametrize("name", sorted(APPROACHES))
def test_engine_and_interpreter_judge_alike(name: str) -> None:
    ruleset = load_ruleset(name)
    settled = [{}, *({reading: value} for reading, form in ruleset.readings.items()
                     for value in form.values)]

    @TRIES
    @given(submissions(APPROACHES[name]), st.sampled_from(settled))
    def alike(drawn: tuple[dict[str, Any], dict[str, Any]], readings: dict[str, str]) -> None:
        with Submission.from_tables(*drawn) as submission:
            judging = Judging(submission, ruleset, Options(readings=readings))
            assert disagreements(judging) == []

    alike()
