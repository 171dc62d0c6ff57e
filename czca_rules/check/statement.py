"""One fused statement for all rules on a relation: every reading, every outcome, in one scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from czca_rules.check.codes import Code, exact_form
from czca_rules.derive.needs import Assignment, Ref, node_refs
from czca_rules.derive.plan import Planner
from czca_rules.derive.select import Context, Select, quoted
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.schema import Schema
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.units import TRUTH

#: Codes take three bits, so twenty of them fit into one BIGINT that rows are grouped by.
BITS, PER_GROUP = 3, 20
#: Codes whose rows are reported, the worst first.
REPORTED = (Code.FAILED, Code.NOT_ASSESSABLE, Code.EXEMPT, Code.NOTED)
#: So many flagged rows of every combination of codes are found again without a second whole scan.
KEPT = 100


@dataclass(frozen=True)
class Variant:
    """A rule under one choice of readings; ``None`` is the choice taken."""

    rule: Rule
    assignment: Assignment

    @property
    def column(self) -> str:
        """The SQL name of its code."""
        return quoted((self.rule.id, self.assignment))


def variants_of(rule: Rule, open_values: Mapping[str, Sequence[str]]) -> list[Variant]:
    """A rule as taken, and under every other value of each open reading it depends on."""
    others = [Variant(rule, (name, value)) for name in sorted(rule.readings)
              for value in open_values.get(name, ())]
    return [Variant(rule, None), *others]


def formulas_of(rule: Rule) -> list[Node]:
    """Every formula that decides a rule's outcome."""
    nodes = [rule.must, *(node for node in (rule.under, rule.due, rule.noted) if node is not None)]
    return nodes + [node for item in rule.derogations for node in (item.claimed, item.holds)]


@dataclass
class RelationStatement:
    """The statement that judges all rules on one relation."""

    context: Context
    relation: str
    variants: Sequence[Variant]

    @property
    def schema(self) -> Schema:
        """The relation's schema."""
        return self.context.schema_of(self.relation)

    def judged(self, extra: Set[Ref] = frozenset(), only: str = "",
               beside: Callable[[Select], Sequence[str]] | None = None) -> str:
        """WITH clause ending in `judged`: key columns, extra columns, one code per variant.

        ``only`` is a condition on when the rows begin: see `beginning_at` and ``check.slicing``.
        ``beside`` writes further columns, made of ``extra`` ones.
        """
        planner = Planner(self.context)
        refs: set[Ref] = {(key, None) for key in self.schema.key} | extra
        for variant in self.variants:
            for node in formulas_of(variant.rule):
                refs |= node_refs(node, self.schema, variant.assignment)
        last = planner.relation(self.relation, refs)
        select = Select(self.context, self.schema, shows=beside is not None)
        own = [f"s.{quoted(ref)}" for ref in sorted({(key, None) for key in self.schema.key} |
                                                    extra)]
        codes = [f"{code_sql(variant, select)} AS {variant.column}" for variant in self.variants]
        more = [] if beside is None else list(beside(select))
        body = f"SELECT {', '.join(own + codes + more)} FROM {select.source(f'{last} s')}"
        body += f" WHERE {only}" if only else ""
        clause = planner.with_clause()
        return f"{clause[:-1]},\njudged AS (\n  {body}\n)\n"

    def counting(self, only: str = "") -> str:
        """Every combination of codes that occurs: where its first rows begin, and their number."""
        groups = []
        for start in range(0, len(self.variants), PER_GROUP):
            chunk = self.variants[start:start + PER_GROUP]
            groups.append(" + ".join(f"(CAST({variant.column} AS BIGINT) << {BITS * number})"
                                     for number, variant in enumerate(chunk)))
        listed = ", ".join(f"{text} AS g{number}" for number, text in enumerate(groups))
        names = ", ".join(f"g{number}" for number in range(len(groups)))
        return (f"{self.judged(only=only)}SELECT {listed}, {self._first_keys()} AS first_keys, "
                f"count(*) FROM judged GROUP BY {names} ORDER BY {names}")

    def _first_keys(self) -> str:
        """The keys of the first flagged rows of a combination, in the order of the key."""
        if "mtu_start" not in self.schema.key:
            return "NULL"
        key = ", ".join(quoted((name, None)) for name in self.schema.key)
        reported = ", ".join(f"{code:d}" for code in REPORTED)
        tests = " OR ".join(f"({combined_sql(variants)}) IN ({reported})"
                            for variants in self._by_rule().values())
        return f"min(row({key}), {KEPT}) FILTER ({tests})"

    def first_flagged(self, rows: Iterable[Sequence[Any]]) -> frozenset[datetime] | None:
        """When the first rows to report begin, from what `counting` found in all slices.

        ``None`` where rows have no time. A key with an empty cell orders last, as in the engine.
        """
        if "mtu_start" not in self.schema.key:
            return None
        place = self.schema.key.index("mtu_start")
        keys: dict[tuple[int, ...], list[tuple[Any, ...]]] = {}
        for *packed, found, _ in rows:
            keys.setdefault(tuple(packed), []).extend(found or ())
        return frozenset(
            key[place] for found in keys.values()
            for key in sorted(found, key=lambda key: [(cell is None, cell) for cell in key])[:KEPT])

    def _by_rule(self) -> dict[str, list[Variant]]:
        result: dict[str, list[Variant]] = {}
        for variant in self.variants:
            result.setdefault(variant.rule.id, []).append(variant)
        return result

    def unpacked(self, packed: Sequence[int]) -> list[Code]:
        """The codes of a combination, in the order of the variants."""
        return [Code((packed[number // PER_GROUP] >> (BITS * (number % PER_GROUP))) & 7)
                for number in range(len(self.variants))]

    def flagged(self, wanted: Mapping[str, Sequence[Code]], refs: set[Ref], limit: int | None,
                starts: Sequence[datetime] | None = None) -> str:
        """Rows to report for each rule: the worst first, then in the order of the key.

        ``starts`` are the instants that hold all of them, where `counting` told.
        """
        by_rule = self._by_rule()
        combined = {rule: combined_sql(by_rule[rule]) for rule in wanted}
        tests = [f"({combined[rule]}) IN ({', '.join(str(int(code)) for code in codes)})"
                 for rule, codes in wanted.items()]
        key = ", ".join(quoted((name, None)) for name in self.schema.key) or "1"
        cut = "" if limit is None else f" LIMIT {limit}"
        parts = []
        for rule, test in zip(wanted, tests, strict=True):
            rank = worst_first(by_rule[rule])
            parts.append(f"(SELECT '{rule}' AS _rule, {combined[rule]} AS _code, * FROM flagged "
                         f"WHERE {test} ORDER BY {rank}, {key}{cut})")
        only = "" if starts is None else beginning_at(starts)
        return (f"{self.judged(refs, only)[:-1]},\nflagged AS MATERIALIZED (\n"
                f"  SELECT * FROM judged WHERE {' OR '.join(tests)}\n)\n"
                + "\nUNION ALL\n".join(parts))


def beginning_at(starts: Sequence[datetime]) -> str:
    """The condition that a judged row begins at one of these instants."""
    listed = ", ".join(f"TIMESTAMP '{start}'" for start in starts) or "NULL"
    return f's."mtu_start" IN ({listed})'


def code_sql(variant: Variant, select: Select) -> str:
    """The outcome of one row as a code: the truth table of ``check.codes.judge`` in SQL."""
    rule, assignment = variant.rule, variant.assignment

    def formula(node: Node) -> str:
        return select.formula(node, assignment)

    cases = []
    in_force = _in_force_sql(rule, select)
    if in_force is not None:
        cases.append(f"WHEN NOT {in_force} THEN {Code.NOT_APPLICABLE:d}")
    under = "true" if rule.under is None else formula(rule.under)
    if rule.under is not None:
        cases.append(f"WHEN NOT {under} THEN {Code.NOT_APPLICABLE:d}")
    if rule.due is not None:
        as_of = select.elsewhere("submission.as_of")
        cases.append(f"WHEN {formula(rule.due)} > {as_of} THEN {Code.NOT_DUE:d}")
    if rule.under is not None:
        cases.append(f"WHEN {under} IS NULL THEN {Code.NOT_ASSESSABLE:d}")
    must = formula(rule.must)
    noted = _noted_sql(rule, formula)
    if noted:
        cases.append(f"WHEN {must} AND ({noted}) THEN {Code.NOTED:d}")
    cases.append(f"WHEN {must} THEN {Code.PASSED:d}")
    held = [(formula(item.claimed), formula(item.holds)) for item in rule.derogations]
    cases += [f"WHEN {claimed} AND {holds} THEN {Code.EXEMPT:d}" for claimed, holds in held]
    cases.append(f"WHEN {must} IS NULL THEN {Code.NOT_ASSESSABLE:d}")
    cases += [f"WHEN {holds} IS NOT FALSE THEN {Code.NOT_ASSESSABLE:d}" for _, holds in held]
    return f"CASE {' '.join(cases)} ELSE {Code.FAILED:d} END"


def _noted_sql(rule: Rule, formula: Callable[[Node], str]) -> str:
    parts = []
    if rule.noted is not None:
        parts.append(formula(rule.noted))
    exact = exact_form(rule.must)
    if exact != rule.must:
        parts.append(f"{formula(exact)} IS NOT TRUE")
    return " OR ".join(parts)


def _in_force_sql(rule: Rule, select: Select) -> str | None:
    """Nothing where the rule is law on every day judged; else the calendar's column."""
    calendar = select.context.calendar
    states = {calendar.in_force(rule.id, day) for day in calendar.days}
    if states == {True}:
        return None
    if len(states) == 1 or select.schema.clock not in ("delivery", "day"):
        return "true" if calendar.in_force(rule.id, calendar.days[0]) else "false"
    if select.schema.clock == "delivery":
        written = select.by_day(lambda day: calendar.in_force(rule.id, day), TRUTH)
        if written is not None:
            return written
    select.calendar = True
    return f'c."in_force:{rule.id}"'


def combined_sql(variants: Sequence[Variant]) -> str:
    """A row's outcome over all readings: ``check.codes.over_readings`` in SQL."""
    columns = [variant.column for variant in variants]
    if len(columns) == 1:
        return columns[0]
    listed = ", ".join(columns)
    return (f"CASE WHEN greatest({listed}) = 0 THEN 0 "
            f"WHEN 0 IN ({listed}) OR 4 IN ({listed}) THEN 4 ELSE {columns[0]} END")


def worst_first(variants: Sequence[Variant]) -> str:
    """A row's rank in SQL: failed, not assessable, exempt, all else."""
    return f"CASE {combined_sql(variants)} WHEN 0 THEN 0 WHEN 4 THEN 1 WHEN 2 THEN 2 ELSE 3 END"
