"""`czca rules`: which rulesets there are, and which rules a ruleset has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.streams import WIDTH, say
from czca_rules.errors import RulesetError, UsageError

if TYPE_CHECKING:
    from czca_rules.rulebook.pages import ShippedRuleset

EPILOG = options.EXAMPLES.format("czca rules", "czca rules greece-italy-mb --csv")


def rules(
    ruleset: Annotated[str | None, typer.Argument(
        metavar="[ID]", help="Ruleset whose rules are listed, by identifier or path.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV.")] = False,
    coverage: Annotated[bool, typer.Option(
        "--coverage", help="Count and list the provisions of ID, checked or not.")] = False,
    defects: Annotated[bool, typer.Option(
        "--defects", help="List the faults of the text that ID encodes.")] = False,
) -> int:
    """List the rulesets with their legal status, or the rules of one."""
    from czca_rules.check.judging import natural
    from czca_rules.rulebook import pages
    from czca_rules.rulebook.loading import load_ruleset

    if as_json and as_csv:
        raise UsageError("--json and --csv: choose one.")
    if coverage or defects:
        return _register(ruleset, "json" if as_json else "csv" if as_csv else "text", coverage,
                         defects)
    if ruleset is None:
        rows, columns = pages.ruleset_rows(shipped()), pages.RULESET_COLUMNS
    else:
        found = sorted(load_ruleset(ruleset).rules.values(), key=lambda rule: natural(rule.id))
        rows, columns = pages.rule_rows(found), pages.RULE_COLUMNS
    say(pages.as_json(rows) if as_json else pages.as_csv(rows, columns) if as_csv
        else pages.as_text(rows, columns))
    return 0


def _register(name: str | None, form: str, coverage: bool, defects: bool) -> int:
    from czca_rules.rulebook import pages
    from czca_rules.rulebook import register_lists as lists
    from czca_rules.rulebook.loading import load_ruleset

    if name is None or (coverage and defects):
        raise UsageError("--coverage and --defects: name a ruleset, and choose one of them.")
    ruleset = load_ruleset(name)
    rows = lists.coverage_rows(ruleset) if coverage else lists.defect_rows(ruleset)
    columns = lists.COVERAGE_COLUMNS if coverage else lists.DEFECT_COLUMNS
    if form == "json":
        say(pages.as_json(rows))
    elif form == "csv":
        say(pages.as_csv(rows, columns))
    else:
        say(lists.coverage_text(ruleset) if coverage else lists.defects_text(ruleset, WIDTH))
    return 0


def shipped() -> list[ShippedRuleset]:
    """The heads of the shipped rulesets, without reading their rules."""
    from czca_rules.rulebook.model import RulesetForm
    from czca_rules.rulebook.pages import ShippedRuleset
    from czca_rules.rulebook.shipped import shipped_root, shipped_rulesets
    from czca_rules.strict_model import validate
    from czca_rules.strict_yaml import read_yaml

    result = []
    for name in shipped_rulesets():
        folder = shipped_root() / name
        value, problems = read_yaml(folder / "ruleset.yaml", f"{name}/ruleset.yaml")
        form = None
        if not problems:
            form, problems = validate(RulesetForm, value, f"{name}/ruleset.yaml")
        if form is None or problems:
            raise RulesetError(problems)
        result.append(ShippedRuleset(form, len(list((folder / "rules").glob("*.yaml")))))
    return result
