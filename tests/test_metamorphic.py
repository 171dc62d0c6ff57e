"""What must not change when a submission is changed in a way that its duties do not see."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_submissions import (
    ROOT,
    for_day,
    grown,
    of_day,
    rewritten,
    tables_of,
    turned,
    with_grown_links,
)

from czca_rules.api import check
from czca_rules.report.model import ReportModel
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.tables.specification import TABLES
from czca_rules.tables.submission import load_submission

RULESETS = {"greece-italy": "greece-italy-mb", "core": "core-ee"}
#: Amounts in cents and tolerances in EUR do not grow with the volume.
SIZED = ("application", "allocation", "procurement", "publication", "use", "yearly")


def breaches(group: str) -> list[tuple[str, str, str]]:
    """Every breach with the rule that fails in it."""
    listed = yaml.safe_load((ROOT / group / "expected.yaml").read_text("utf-8"))
    return [(group, name, rule) for name, item in listed.items()
            for rule, outcome in item["outcomes"].items() if outcome == "failed"]


ALL = [*breaches("core"), *breaches("greece-italy")]


def judged(folder: Path, context: Path, **options: Any) -> ReportModel:
    return check(folder, with_folders=[context], **options).model


def outcomes(model: ReportModel) -> dict[str, tuple[str, dict[str, int]]]:
    return {item.rule: (item.outcome, item.judged.model_dump()) for item in model.outcomes}


@pytest.mark.parametrize(("group", "name", "rule"), ALL[::4])
def test_leaving_out_a_table_never_makes_a_failed_rule_pass(
        group: str, name: str, rule: str, tmp_path: Path) -> None:
    ruleset = load_ruleset(RULESETS[group])
    read = ruleset.tables_behind(ruleset.rule(rule).form.on)
    folder = ROOT / group / name
    for table in sorted(read & set(tables_of(folder))):
        without = tmp_path / table
        shutil.copytree(folder, without)
        tables_of(without)[table].unlink()
        model = judged(without, ROOT / group / "context", select=[rule])
        assert [item.outcome for item in model.outcomes if item.rule == rule] != ["passed"], table


@pytest.mark.parametrize(("group", "name", "rule"), ALL[::9])
def test_ten_times_the_volume_is_judged_alike(group: str, name: str, rule: str,
                                              tmp_path: Path) -> None:
    folder, context = ROOT / group / name, ROOT / group / "context"
    large = rewritten(folder, tmp_path / "large", grown, with_grown_links)
    history = rewritten(context, tmp_path / "history", grown)
    small = judged(folder, context, stages=SIZED)
    assert outcomes(judged(large, history, stages=SIZED)) == outcomes(small)


def bare(model: ReportModel) -> Any:
    """A report without what names files, lines and their hashes."""
    held = model.model_dump(mode="json")

    def stripped(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: stripped(item) for key, item in value.items()
                    if key not in ("sources", "sha256", "files", "line", "places")}
        return [stripped(item) for item in value] if isinstance(value, list) else value

    return stripped(held)


@pytest.mark.parametrize(("group", "name", "rule"), ALL[::11])
def test_the_order_of_rows_does_not_matter(group: str, name: str, rule: str,
                                           tmp_path: Path) -> None:
    folder, context = ROOT / group / name, ROOT / group / "context"
    other = rewritten(folder, tmp_path / "turned", turned(len(name)))
    assert bare(judged(other, context)) == bare(judged(folder, context))


@pytest.mark.parametrize(("group", "name", "rule"), ALL[::17])
def test_the_number_of_threads_does_not_matter(group: str, name: str, rule: str) -> None:
    found = []
    for threads in (1, 4):
        with load_submission(ROOT / group / name, [ROOT / group / "context"],
                             threads=threads) as loaded:
            found.append(check(loaded).to_json())
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["CE-6.1", "CE-9.6"])
def test_a_period_and_its_days_find_the_same(name: str, tmp_path: Path) -> None:
    folder, context = ROOT / "core" / name, ROOT / "core" / "context"
    delivery = [table for table, spec in TABLES.items() if spec.timed and not spec.history]
    whole = judged(folder, context, select=[name], findings=None)
    (rule,) = whole.outcomes
    days = yaml.safe_load((folder / "submission.yaml").read_text("utf-8"))["delivery"]
    found: set[tuple[str | None, ...]] = set()
    counts = dict.fromkeys(rule.judged.model_dump(), 0)
    for number in range(1, days["to"].day + 1):
        day = days["from"].replace(day=number).isoformat()
        part = rewritten(folder, tmp_path / day, of_day(day, delivery), for_day(day))
        (item,) = judged(part, context, select=[name], findings=None).outcomes
        found |= {tuple(f.key.values()) for f in item.findings if f.outcome == "failed"}
        for word, count in item.judged.model_dump().items():
            counts[word] += count
    assert found == {tuple(f.key.values()) for f in rule.findings if f.outcome == "failed"}
    assert found
    assert counts == rule.judged.model_dump()
