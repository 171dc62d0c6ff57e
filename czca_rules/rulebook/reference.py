"""The reference pages of rulesets, generated: every rule as `czca explain` prints it.

``python -m czca_rules.rulebook.reference`` writes them to `docs/`; a test keeps them current.
"""

from __future__ import annotations

from pathlib import Path

from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.pages import rule_page
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.rulebook.shipped import shipped_rulesets


def rulesets_with_rules() -> list[str]:
    """The shipped rulesets that have rules of their own."""
    return [name for name in shipped_rulesets() if load_ruleset(name).own_rules()]


def reference_markdown(ruleset: Ruleset) -> str:
    """The reference page of a ruleset in Markdown: rules, then provisions without rules."""
    status = ruleset.form.legal_status.replace("_", " ")
    own = ruleset.own_rules()
    lines = [f"# {ruleset.form.title}", "",
             f"Ruleset `{ruleset.id}` {ruleset.form.version}, legal status: {status}. "
             f"{ruleset.form.source}.", "",
             "Generated from the ruleset; `czca explain RULE` prints the same pages.", "",
             "| rule | duty | level | stage | provision |", "|---|---|---|---|---|"]
    lines += [f"| [{rule.id}](#{rule.id.lower().replace('.', '')}) | {rule.form.title} | "
              f"{rule.form.level} | {rule.form.stage} | {rule.form.provision} |"
              for rule in own.values()]
    lines += _included(ruleset)
    for rule in own.values():
        lines += ["", f"## {rule.id}", "", "```text", rule_page(ruleset, rule).rstrip(), "```"]
    lines += ["", "## Provisions without a rule", "", "| provision | subject | kind | why |",
              "|---|---|---|---|"]
    for form in ruleset.provisions:
        if form.reason:
            kind, reason = form.reason
            lines.append(f"| {form.provision} | {form.title} | {_plain(kind)} | {reason} |")
    lines += _defects(ruleset)
    return "\n".join(lines) + "\n"


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
