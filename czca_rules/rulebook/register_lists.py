"""The register of a ruleset as lists: what becomes of every provision, and faults of the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from czca_rules.rulebook.register import KINDS
from czca_rules.rulebook.ruleset import Ruleset

COVERAGE_COLUMNS = ("provision", "kind", "rules", "title", "reason")
DEFECT_COLUMNS = ("provision", "kind", "found", "taken_as", "reading", "rules")
CHECKED = "checked"

Row = dict[str, str | int]


def coverage_rows(ruleset: Ruleset) -> list[Row]:
    """One row for each provision: `checked` with its rules, or the reason why it is not."""
    by_provision: dict[str, list[str]] = {}
    for rule in ruleset.own_rules().values():
        by_provision.setdefault(rule.form.provision, []).append(rule.id)
    rows: list[Row] = []
    for form in ruleset.provisions:
        kind, reason = form.reason or (CHECKED, "")
        if form.feeds is not None:
            reason = f"{reason} (derogation {form.feeds})"
        rows.append({"provision": form.provision, "kind": kind, "title": form.title,
                     "rules": " ".join(by_provision.get(form.provision, form.judged_with)),
                     "reason": reason})
    return rows


def coverage_text(ruleset: Ruleset) -> str:
    """How many provisions there are of each kind, and what is still pending."""
    rows = coverage_rows(ruleset)
    count = Counter(str(row["kind"]) for row in rows)
    lines = [f"{ruleset.id}: {len(rows)} provisions, {len(ruleset.own_rules())} rules"]
    lines += [f"{count[kind]:5}  {kind.replace('_', ' ')}" for kind in (CHECKED, *KINDS)
              if count[kind]]
    pending = [row for row in rows if row["kind"] == "pending"]
    width = max((len(str(row["provision"])) for row in pending), default=0)
    if pending:
        lines += ["", "pending"]
    lines += [f"  {row['provision']!s:{width}}  {row['title']}" for row in pending]
    return "\n".join(lines)


def defect_rows(ruleset: Ruleset) -> list[Row]:
    """One row for each fault of the text."""
    return [{"provision": form.provision, "kind": form.kind, "found": form.found,
             "taken_as": form.taken_as, "reading": form.reading or "",
             "rules": " ".join(form.rules)} for form in ruleset.defects]


def defects_text(ruleset: Ruleset, width: int) -> str:
    """The faults of the text, each with how it is taken and what rests on that."""
    from textwrap import wrap

    blocks: Sequence[list[str]] = [[
        f"{row['provision']}  {str(row['kind']).replace('_', ' ')}",
        *wrap(str(row["found"]), width, initial_indent="  ", subsequent_indent="  "),
        *wrap(f"taken as: {row['taken_as']}", width, initial_indent="  ", subsequent_indent="    "),
        *([f"  reading   {row['reading']}"] if row["reading"] else []),
        *([f"  rules     {str(row['rules']).replace(' ', ', ')}"] if row["rules"] else []),
    ] for row in defect_rows(ruleset)]
    if not blocks:
        return f"{ruleset.id}: no fault of the text is listed."
    return "\n\n".join("\n".join(block) for block in blocks)
