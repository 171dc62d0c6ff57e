"""`czca explain`: a rule's page, or every value behind one judged row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from czca_rules.commands import options
from czca_rules.commands.streams import say
from czca_rules.errors import UsageError, near_miss

if TYPE_CHECKING:
    from czca_rules.rulebook.ruleset import Rule, Ruleset

EPILOG = options.EXAMPLES.format(
    "czca explain GI-8.1 --expanded",
    "czca explain GI-8.1 --on submissions/gr-it-2026-03-11/allocations.csv:3")


def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Rule, such as GI-8.1.")],
    ruleset: Annotated[str | None, typer.Option(
        metavar="ID|PATH", help="Ruleset, where more than one has such a rule.")] = None,
    date: Annotated[str | None, typer.Option(
        metavar="D", help="Show numbers of law as of this day, by default the latest.")] = None,
    expanded: Annotated[bool, typer.Option(
        "--expanded", help="Show also the derived columns, down to the tables.")] = False,
    on: Annotated[str | None, typer.Option(
        metavar="FILE:LINE", help="Show every value for the judged row that this line of a "
                                  "submission stands behind.")] = None,
    submission: Annotated[Path | None, typer.Option(
        metavar="DIR", help="The submission, where FILE lies in a context folder.")] = None,
    with_folders: Annotated[list[Path] | None, typer.Option(
        "--with", metavar="DIR", help="Context folder of the submission; may repeat.")] = None,
    row: Annotated[int, typer.Option(
        min=1, metavar="N", help="Which judged row, where several rest on the line.")] = 1,
    confidential: Annotated[bool, typer.Option(
        "--confidential", help="Show confidential values instead of masking them.")] = False,
) -> int:
    """Show what a rule asks for, or how one row came to its outcome."""
    from czca_rules.rulebook.pages import rule_page

    day = options.day(date, "--date")
    if on is not None:
        from czca_rules.commands.explain_row import explained_row

        say(explained_row(rule, ruleset, day, on, submission, tuple(with_folders or ()), row,
                          confidential))
        return 0
    law, found = find_rule(rule, ruleset)
    say(rule_page(law, found, day, number_of_cases(found), expanded))
    return 0


def find_rule(name: str, ruleset: str | None) -> tuple[Ruleset, Rule]:
    """A rule and its ruleset: the one named, else the only shipped one that has such a rule."""
    from czca_rules.rulebook.loading import load_ruleset
    from czca_rules.rulebook.shipped import shipped_root, shipped_rulesets

    if ruleset is None:
        held = {law: {path.stem for path in (shipped_root() / law / "rules").glob("*.yaml")}
                for law in shipped_rulesets()}
        owners = [law for law, rules in held.items() if name in rules]
        if not owners:
            known = set[str]().union(*held.values())
            raise UsageError(f"No shipped ruleset has a rule `{name}`. {near_miss(name, known)}")
        if len(owners) > 1:
            raise UsageError(f"{' and '.join(owners)} both have a rule `{name}`; choose one with "
                             "--ruleset.")
        ruleset = owners[0]
    law = load_ruleset(ruleset)
    return law, law.rule(name)


def number_of_cases(rule: Rule) -> int | None:
    """How many cases a rule has; ``None`` where its file cannot be read (`czca test` says why)."""
    from czca_rules.check.cases import case_folder
    from czca_rules.strict_yaml import read_yaml

    path = case_folder(rule.ruleset) / f"{rule.id}.yaml"
    if not path.is_file():
        return 0
    content, problems = read_yaml(path, path.name)
    held = content.get("cases") if isinstance(content, dict) and not problems else None
    return len(held) if isinstance(held, list) else None
