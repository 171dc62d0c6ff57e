"""A rule's page and the lists of rules, for people (text) and programs (JSON, CSV)."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from czca_rules.rulebook.lineage import DerivedColumn, Lineage
from czca_rules.rulebook.model import RuleForm, RulesetForm
from czca_rules.rulebook.ruleset import Parameter, Rule, Ruleset
from czca_rules.rulebook.steps import Edge
from czca_rules.rulebook.syntax import Node

WIDTH = 88
GUTTER = 12

RULE_COLUMNS = ("id", "level", "stage", "provision", "title")
RULESET_COLUMNS = ("id", "version", "legal_status", "rules", "title")


@dataclass(frozen=True)
class ShippedRuleset:
    """A ruleset as the list shows it: its head, and how many rules are its own."""

    form: RulesetForm
    rules: int


def ruleset_rows(shipped: Iterable[ShippedRuleset]) -> list[dict[str, str | int]]:
    """One row for each ruleset."""
    return [{"id": item.form.id, "version": item.form.version,
             "legal_status": item.form.legal_status, "rules": item.rules,
             "title": item.form.title} for item in shipped]


def rule_rows(rules: Sequence[Rule]) -> list[dict[str, str | int]]:
    """One row for each rule."""
    return [{"id": rule.id, "level": rule.form.level, "stage": rule.form.stage,
             "provision": rule.form.provision, "title": rule.form.title} for rule in rules]


def as_json(rows: Sequence[Mapping[str, str | int]]) -> str:
    """A list of objects, in the order of the rows."""
    return json.dumps(rows, ensure_ascii=False, indent=2, sort_keys=True)


def as_csv(rows: Sequence[Mapping[str, str | int]], columns: Sequence[str]) -> str:
    """A table with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


def as_text(rows: Sequence[Mapping[str, str | int]], columns: Sequence[str]) -> str:
    """Columns side by side; the last one as long as it is."""
    cells = [[str(row[name]).replace("_", " ") if name == "legal_status" else str(row[name])
              for name in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)] if cells else []
    lines = ("  ".join(cell.rjust(width) if cell.isdigit() else cell.ljust(width)
                       for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


def rule_page(ruleset: Ruleset, rule: Rule, day: date | None = None, cases: int | None = None,
              expanded: bool = False) -> str:
    """Everything about a rule; parameters as they stand on ``day``, or at the latest."""
    lineage = Lineage(ruleset)
    lineage.follow(_formulas(rule), ruleset.relations[rule.form.on])
    return "\n".join([*_head(ruleset, rule), "", *_duty(rule), "",
                      *_formula_lines(ruleset, rule, expanded), "", *_readings(ruleset, rule),
                      *_parameters(ruleset, lineage, day),
                      *_tables(lineage), *_cases(rule, cases),
                      *(_expanded(ruleset, lineage) if expanded else ())])


def _formulas(rule: Rule) -> list[Node]:
    nodes = [rule.under, rule.due, rule.must, rule.noted, *rule.shows.values()]
    nodes += [node for item in rule.derogations for node in (item.claimed, item.holds)]
    return [node for node in nodes if node is not None]


def _entry(label: str, text: str, indent: int = 0) -> Iterator[str]:
    """A paragraph with its label in the margin; one that is indented hangs further in."""
    yield from textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False,
                             break_on_hyphens=False,
                             initial_indent=f"{label:{GUTTER}}" + " " * indent,
                             subsequent_indent=" " * (GUTTER + 2 * indent))


def _head(ruleset: Ruleset, rule: Rule) -> Iterator[str]:
    form = rule.form
    yield from textwrap.wrap(f"{rule.id}  {form.title}", WIDTH, subsequent_indent="  ")
    until = f" until {form.in_force.until} (excluded)" if form.in_force.until else ""
    yield f"{form.level}, stage {form.stage}, in force from {form.in_force.from_}{until}"
    status = ruleset.form.legal_status.replace("_", " ")
    yield f"{ruleset.id} {ruleset.form.version}, {status}"


def _duty(rule: Rule) -> Iterator[str]:
    form = rule.form
    rests = f", resting on {', '.join(form.rests_on)}" if form.rests_on else ""
    yield from _entry("provision", f"{form.provision}{rests}")
    yield from _entry("duty", form.obligation)
    yield from _entry("read as", form.reading)
    yield from _entry("why", form.why)


def _formula_lines(ruleset: Ruleset, rule: Rule, expanded: bool) -> Iterator[str]:
    form = rule.form
    relation = ruleset.relations[form.on]
    key = ", ".join(relation.schema.key)
    yield from _entry("judged", f"one row for each {key} of {form.on}: {relation.title}" if key
                      else f"all rows of {form.on} together: {relation.title}")
    if form.approach:
        yield from _entry("approach", ", ".join(form.approach))
    yield from _entry("scope", form.under or "every row")
    if form.deadline is not None:
        yield from _entry("deadline", form.deadline)
    elif form.sequence is not None:
        yield from _entry("in order", ", ".join(form.sequence))
    if expanded or (form.deadline is None and form.sequence is None):
        yield from _conditions(form)
    label = "unless"
    for exemption, item in form.unless.items():
        yield from _entry(label, f"{exemption} ({item.cite})")
        yield from _entry("", f"claimed where {item.claimed}", 2)
        yield from _entry("", f"allowed where {item.holds}", 2)
        label = ""
    if expanded or form.deadline is None:
        for number, (name, text) in enumerate(form.shows.items()):
            yield from _entry("" if number else "shows", f"{name}: {text}")
    yield from _entry("message", form.message)
    yield from _entry("fix", form.fix)


def _conditions(form: RuleForm) -> Iterator[str]:
    if form.due:
        yield from _entry("due", form.due)
    yield from _entry("must", form.must or "")
    if form.noted:
        yield from _entry("noted if", form.noted)


def _readings(ruleset: Ruleset, rule: Rule) -> Iterator[str]:
    for name in sorted(rule.readings):
        form = ruleset.readings[name]
        yield from _entry("reading", f"{name} ({form.standing}; {form.cite}): {form.title}")
        for value, title in form.values.items():
            default = " (default)" if value == form.default else ""
            yield from _entry("", f"{value}{default}: {title}", 2)
    if rule.readings:
        yield ""


def _parameters(ruleset: Ruleset, lineage: Lineage, day: date | None) -> Iterator[str]:
    for name in sorted(lineage.parameters):
        parameter = ruleset.parameters[name]
        yield from _entry("parameter", f"{name} = {_value_words(parameter, day)}")
        yield from _entry("", f"{parameter.form.title}; reviewed {parameter.form.reviewed}", 2)


def _value_words(parameter: Parameter, day: date | None) -> str:
    value, since, cite = parameter.on(day or date.max)
    if since is None:
        first = min(parameter.form.values)
        return f"no value on {day}; the first holds from {first}"
    unit = parameter.form.unit if parameter.form.unit not in ("share", "number", "date") else ""
    shown = "ended" if value is None else f"{value} {unit}".rstrip()
    return f"{shown} since {since}, {cite}"


def _tables(lineage: Lineage) -> Iterator[str]:
    label = "tables"
    for name in sorted(lineage.tables):
        yield from _entry(label, f"{name}: {', '.join(sorted(lineage.tables[name]))}")
        label = ""


def _cases(rule: Rule, cases: int | None) -> Iterator[str]:
    if cases is not None:
        yield f"{'cases':{GUTTER}}{cases}" + ("" if cases else f" (none for {rule.id} yet)")


def _expanded(ruleset: Ruleset, lineage: Lineage) -> Iterator[str]:
    """The derived columns behind the formulas, relation by relation, the tables first."""
    last = ""
    for column in lineage.columns():
        if column.relation_name != last:
            last = column.relation_name
            relation = ruleset.relations[last]
            yield ""
            yield from textwrap.wrap(f"{last}, from {relation.source}: {relation.title} "
                                     f"({relation.cite})", WIDTH, subsequent_indent="  ")
        yield from _derived(column)
    texts = [text for column in lineage.columns()
             for text in (column.detail, *(formula for _, formula in column.formulas))]
    met = [name for name in ruleset.periods if any(f"{name}." in text for text in texts)]
    for name in met:
        period = ruleset.periods[name]
        yield ""
        span = (f"from {_edge(period.from_)} until {_edge(period.until)}, Y being the year of "
                "delivery")
        yield from textwrap.wrap(f"{name}: {period.title}, {span} ({period.cite})", WIDTH,
                                 subsequent_indent="  ")


def _edge(edge: Edge) -> str:
    year = f"Y{edge.years:+d}" if edge.years else "Y"
    return f"{year}-{edge.month:02d}-{edge.day:02d}"


def _derived(column: DerivedColumn) -> Iterator[str]:
    indent = GUTTER + 4
    formulas = [text if not value else f"{text}   where {column.reading} = {value}"
                for value, text in column.formulas]
    yield f"  {column.kind:{GUTTER - 2}}{column.name}"
    for text in [*formulas, *([column.detail] if column.detail else ())]:
        yield from textwrap.wrap(text, WIDTH, initial_indent=" " * indent,
                                 subsequent_indent=" " * (indent + 2), break_long_words=False,
                                 break_on_hyphens=False)


__all__ = ["RULESET_COLUMNS", "RULE_COLUMNS", "ShippedRuleset", "as_csv", "as_json", "as_text",
           "rule_page", "rule_rows", "ruleset_rows"]
