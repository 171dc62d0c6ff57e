"""The reference pages of rulesets, generated: every rule as `czca explain` prints it.

``python -m czca_rules.rulebook.reference`` writes them to `docs/`; a test keeps them current.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.pages import rule_page
from czca_rules.rulebook.register_lists import coverage_rows
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.shipped import shipped_rulesets


def rulesets_with_rules() -> list[str]:
    """The shipped rulesets that have rules of their own."""
    return [name for name in shipped_rulesets() if load_ruleset(name).own_rules()]


def reference_markdown(ruleset: Ruleset) -> str:
    """The reference page of a ruleset in Markdown.

    Rules in short and whole, parameters over time, readings, coverage, faults of the text.
    """
    status = ruleset.form.legal_status.replace("_", " ")
    own = ruleset.own_rules()
    lines = [f"# {ruleset.form.title}", "",
             f"Ruleset `{ruleset.id}` {ruleset.form.version}, legal status: {status}. "
             f"{ruleset.form.source}.", "",
             "Generated from the ruleset; `czca explain RULE` prints the same pages.", "",
             "| rule | duty | level | stage | provision |", "|---|---|---|---|---|"]
    lines += [f"| {_link(rule.id)} | {rule.form.title} | "
              f"{rule.form.level} | {rule.form.stage} | {rule.form.provision} |"
              for rule in own.values()]
    lines += [*_included(ruleset), *_parameters(ruleset), *_readings(ruleset)]
    for rule in own.values():
        lines += ["", f"## {rule.id}", "", "```text", rule_page(ruleset, rule).rstrip(), "```"]
    return "\n".join([*lines, *_coverage(ruleset), *_defects(ruleset)]) + "\n"


def _link(rule: str) -> str:
    return f"[{rule}](#{rule.lower().replace('.', '')})"


def _parameters(ruleset: Ruleset) -> list[str]:
    """The ruleset's own numbers of law, each with every value and the day from which it holds."""
    lines = ["", "## Parameters over time", "",
             "| parameter | what it is | from | value | set by |", "|---|---|---|---|---|"]
    rows = [f"| `{name}` | {item.form.title} | {day} | {_value(dated.value, item.form.unit)} | "
            f"{dated.cite} |"
            for name, item in ruleset.parameters.items() if item.ruleset == ruleset.id
            for day, dated in sorted(item.form.values.items())]
    return [*lines, *rows] if rows else []


def _value(value: Decimal | date | None, unit: str) -> str:
    if value is None:
        return "none any more"
    return f"{value}" if unit in ("date", "number", "share") else f"{value} {unit}"


def _readings(ruleset: Ruleset) -> list[str]:
    """The readings of the ruleset and of those it includes, the default marked."""
    lines = ["", "## Readings", "",
             "| reading | question | standing | value | meaning | provision |",
             "|---|---|---|---|---|---|"]
    rows = [f"| `{name}` | {form.title} | {form.standing} | "
            f"`{value}`{' (default)' if value == form.default else ''} | {meaning} | {form.cite} |"
            for name, form in ruleset.readings.items() for value, meaning in form.values.items()]
    return [*lines, *rows] if rows else []


def _coverage(ruleset: Ruleset) -> list[str]:
    """Every provision: the rules that check it, or why none does."""
    rows = coverage_rows(ruleset)
    count = Counter(_plain(str(row["kind"])) for row in rows)
    lines = ["", "## Coverage", "", f"{len(rows)} provisions: " + ", ".join(
        f"{number} {kind}" for kind, number in count.most_common()) + ".", "",
        "| provision | subject | kind | rules, or why none |", "|---|---|---|---|"]
    for row in rows:
        rules = ", ".join(_link(rule) if rule in ruleset.own_rules() else rule
                          for rule in str(row["rules"]).split())
        lines.append(f"| {row['provision']} | {row['title']} | {_plain(str(row['kind']))} | "
                     f"{rules or row['reason']} |")
    return lines


def _defects(ruleset: Ruleset) -> list[str]:
    """The faults of the text itself, and how each is taken."""
    if not ruleset.defects:
        return []
    lines = ["", "## Faults of the text", "",
             "| provision | kind | found | taken as | rests on it |", "|---|---|---|---|---|"]
    for form in ruleset.defects:
        rests = [*([f"reading `{form.reading}`"] if form.reading else []), *form.rules]
        lines.append(f"| {form.provision} | {_plain(form.kind)} | {form.found} | "
                     f"{form.taken_as} | {', '.join(rests)} |")
    return lines


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _included(ruleset: Ruleset) -> list[str]:
    """The rules of parent law that a check against this ruleset judges too."""
    others = [rule for name, rule in ruleset.rules.items() if name not in ruleset.own_rules()]
    if not others:
        return []
    lines = ["", "Rules of parent law that are judged with it, where no rule above takes their "
             "place:", ""]
    return lines + [f"- [{rule.id}](rules-{rule.ruleset}.md#{rule.id.lower().replace('.', '')}) "
                    f"{rule.form.title}" for rule in others]


def main() -> None:
    """Write the page of every ruleset that has rules."""
    folder = Path(__file__).parent.parent.parent / "docs"
    for name in rulesets_with_rules():
        text = reference_markdown(load_ruleset(name))
        (folder / f"rules-{name}.md").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
