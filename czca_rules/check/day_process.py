"""The process of single market days: its events, and what deadlines ask of their moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from czca_rules.check.codes import Code
from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import text_of
from czca_rules.check.judging import Judging, RuleOutcome
from czca_rules.check.statement import RelationStatement, combined_sql
from czca_rules.derive.interpreter import SurroundedRow
from czca_rules.derive.select import quoted
from czca_rules.rulebook.evaluate import evaluate
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import Choice, Compare, Logic, Name, Node, children, names_in
from czca_rules.tables.event_tables import EVERYTHING
from czca_rules.tables.process_tables import DAILY_EVENTS

#: Outcomes of rows in scope.
SHOWN = (Code.PASSED, Code.NOTED, Code.FAILED, Code.NOT_ASSESSABLE, Code.EXEMPT)
MIRRORED = {"<=": ">=", "<": ">", ">=": "<=", ">": "<", "=": "="}


@dataclass(frozen=True)
class Mark:
    """An event of the daily process that no other puts right."""

    market_day: date
    event: str
    at: datetime
    actor: str | None
    border: str | None
    product: str | None
    direction: str | None


@dataclass(frozen=True)
class Bounds:
    """The moments between which an event keeps a duty; after ``closes`` up to ``noted`` noted."""

    opens: datetime | None = None
    closes: datetime | None = None
    noted: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """What one rule asked of an event on one market day, and what came of it."""

    rule: Rule
    market_day: date
    event: str
    code: Code
    of: dict[str, str]
    at: datetime | None
    bounds: Bounds


def marks(judging: Judging, days: Iterable[date]) -> list[Mark]:
    """The events of some market days, in the order of time."""
    if not judging.sound("events"):
        return []
    judging.on_engine.write_events()
    listed = ", ".join(f"'{event}'" for event in sorted(DAILY_EVENTS))
    return [Mark(*row) for row in judging.submission.engine.query(
        'SELECT market_day, event, "at", actor, border, product, direction '
        f'FROM "m_current_events" WHERE NOT _bad AND event IN ({listed}) AND "at" IS NOT NULL '
        f"AND market_day IN ({_dates(days)}) ORDER BY ALL")]


def asked(judging: Judging, evidence: Evidence, outcomes: Sequence[RuleOutcome],
          days: Sequence[date]) -> list[Asked]:
    """What the deadlines of some market days asked; rows out of scope are left out."""
    rules = [item.rule for item in outcomes if item.counts and item.rule.form.deadline
             and "market_day" in judging.context.schema_of(item.rule.form.on).key]
    return [one for statement in judging.statements(rules if days else ())
            for one in _of_relation(judging, evidence, statement, days)]


def _of_relation(judging: Judging, evidence: Evidence, statement: RelationStatement,
                 days: Sequence[date]) -> Iterator[Asked]:
    rules = {variant.rule.id: variant.rule for variant in statement.variants}
    relation = judging.ruleset.relations[statement.relation]
    refs = evidence.refs(relation, list(rules.values()))
    names = [name for name, _ in sorted({(key, None) for key in relation.schema.key} | refs)]
    marked = dict.fromkeys(evidence.unsound_marks(relation, names), True)
    codes = [combined_sql([variant for variant in statement.variants if variant.rule is rule])
             for rule in rules.values()]
    listed = ", ".join([*codes, *(quoted((name, None)) for name in names)])
    text = statement.judged(refs, f's."market_day" IN ({_dates(days)})')
    for found in judging.submission.engine.query(f"{text[:-1]}\nSELECT {listed} FROM judged"):
        values = dict(zip(names, found[len(codes):], strict=True))
        row = evidence.rows.row(values | marked, relation.schema.clock)
        for rule, number in zip(rules.values(), found, strict=False):
            if Code(number) in SHOWN:
                yield _asked(rule, Code(number), row, relation.schema.key)


def _asked(rule: Rule, code: Code, row: SurroundedRow, key: Sequence[str]) -> Asked:
    observed = rule.shows["observed"]
    assert isinstance(observed, Name)
    of = {name: text_of(row[name]) or "" for name in key
          if name != "market_day" and row[name] not in (None, EVERYTHING)}
    return Asked(rule, row["market_day"], observed.name.removeprefix("moment."), code, of,
                 evaluate(observed, row), _bounds(rule, observed.name, row))


def _bounds(rule: Rule, event: str, row: SurroundedRow) -> Bounds:
    """The bounds that a deadline's comparisons give, the strict one before the noted one."""
    found = Bounds()
    for compare in _comparisons(rule.must, event):
        mine = isinstance(compare.left, Name) and compare.left.name == event
        other = compare.right if mine else compare.left
        operator = compare.operator if mine else MIRRORED.get(compare.operator, "")
        moment = evaluate(other, row)
        if not isinstance(moment, datetime):
            continue
        if operator in (">=", ">", "="):
            found = replace(found, opens=max(found.opens or moment, moment))
        if operator in ("<=", "<", "="):
            found = replace(found, closes=min(found.closes or moment, moment))
    plain, legal = (evaluate(rule.shows[name], row) if name in rule.shows else None
                    for name in ("by_plain_count", "by_regulation"))
    if found.closes and isinstance(plain, datetime) and isinstance(legal, datetime):
        first = min(plain, legal)
        return replace(found, closes=first, noted=found.closes if found.closes > first else None)
    return found


def _comparisons(node: Node, event: str) -> Iterator[Compare]:
    """Comparisons of the event's own moment, where it is told."""
    if isinstance(node, Compare):
        if event in names_in(node):
            yield node
    elif isinstance(node, Choice):
        yield from _comparisons(node.then, event)
    elif isinstance(node, Logic):
        for child in children(node):
            yield from _comparisons(child, event)


def _dates(days: Iterable[date]) -> str:
    return ", ".join(f"DATE '{day}'" for day in sorted(days)) or "NULL"
