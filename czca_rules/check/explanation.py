"""One judged row explained: every value in the formulas, where each comes from, and the outcome.

The row is the one that a line of a file stands behind. Nothing is judged anew: values and outcomes
come from the statement that a check runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from czca_rules.check.behind_line import Path, Row, paths, reached_sql
from czca_rules.check.codes import Code, over_readings
from czca_rules.check.evidence import Evidence
from czca_rules.check.finding import Mask
from czca_rules.check.judging import Judging
from czca_rules.check.row_values import RowValues, columns_behind
from czca_rules.check.sources import Place, Sources
from czca_rules.check.statement import RelationStatement, Variant, worst_first
from czca_rules.derive.interpreter import SurroundedRow
from czca_rules.derive.needs import WRONG, Ref, node_refs
from czca_rules.derive.select import Select, quoted, view_of
from czca_rules.errors import UsageError, near_miss
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.ruleset import Rule
from czca_rules.rulebook.syntax import Name
from czca_rules.tables.event_tables import MADE_FROM


@dataclass(frozen=True)
class JudgedRow:
    """The row that was asked for, its codes under each choice of readings, and how many there are.
    """

    row: SurroundedRow
    codes: tuple[tuple[Variant, Code], ...]
    sources: tuple[Place, ...]
    number: int
    total: int


class Explanation:
    """Explains rows of one rule in a check."""

    def __init__(self, judging: Judging, rule: Rule, mask: Mask | None = None) -> None:
        self.judging, self.rule = judging, rule
        self.evidence = Evidence(judging, None, mask)
        self.relation: Relation = judging.ruleset.relations[rule.form.on]
        self.statement: RelationStatement = judging.statements([rule])[0]
        self.mask = mask

    def at(self, file: str, line: int, number: int = 1) -> JudgedRow:
        """The judged row that a line stands behind; ``number`` counts them from 1, failed first.

        ``file`` is a path as the submission lists it. Raises `UsageError` where the line holds no
        row, the rule reads no such table, or fewer rows rest on it.
        """
        rows = self._rows_reached(file, line)
        ways = list(dict.fromkeys(way for table, row in rows for way in paths(
            self.judging.ruleset.relations, self.relation.name, table, row)))
        found = self._query(ways, number) if ways else []
        if not found:
            raise UsageError(self._nothing(f"{file}:{line}", ways, number))
        return found[0]

    def text(self, found: JudgedRow) -> str:
        """The explanation of a row, ready to be printed."""
        values = RowValues(self.evidence, self.rule, self.relation, found.row, self.mask)
        return "\n".join([*self._head(found, values), *values.lines(), *self._outcomes(found)])

    def _rows_reached(self, file: str, line: int) -> list[tuple[str, Row]]:
        """The rows that stand on a line of a file: one, or one per interval that it covers."""
        submission: Any = self.judging.submission
        files = [record.path for record in submission.files]
        if file not in files:
            raise UsageError(f"The submission has no file {file}. {near_miss(file, files)}")
        record = submission.files[files.index(file)]
        table = record.table
        if not table:
            raise UsageError(f"{file} holds no table; name a line of one.")
        tables = self.rule.tables | self.relation.schema.tables
        if table not in tables:
            raise UsageError(f"{self.rule.id} does not read `{table}`; it rests on "
                             f"{', '.join(sorted(tables))}.")
        if not self.judging.sound(table):
            raise UsageError(f"{self.judging.lack(table)}, so no judged row rests on it.")
        rows = self._standing_on(table, files.index(file), line)
        if not rows:
            raise UsageError(f"{file}:{line} holds no row that is judged; the file has "
                             f"{record.rows} rows.")
        made = [name for name in sorted(self.judging.ruleset.tables_behind(self.rule.form.on))
                if MADE_FROM.get(name) == table]
        return [*rows, *(row for name in made
                         for row in self._standing_on(name, files.index(file), line))]

    def _standing_on(self, table: str, file: int, line: int) -> list[tuple[str, Row]]:
        """The rows of a table, or of one made from it, that stand on a line."""
        engine: Any = self.judging.submission.engine
        view = view_of(table)
        names = [name for name, _ in engine.names(f"SELECT * FROM {view}")]
        return [(table, dict(zip(names, row, strict=True))) for row in engine.query(
            f'SELECT * FROM {view} WHERE "_file" = ? AND "_line" = ? ORDER BY ALL', [file, line])]

    def _query(self, ways: Sequence[Path], number: int) -> list[JudgedRow]:
        schema = self.relation.schema
        refs: set[Ref] = self.evidence.refs(self.relation, [self.rule])
        for name in columns_behind(self.judging, self.relation, self.rule):
            refs |= node_refs(Name(1, name), schema, None)
        for way in ways:
            for item in way:
                refs |= node_refs(item.node, schema, None)
        select = Select(self.statement.context, schema)
        reached = reached_sql(select, ways)
        names = [name for name, _ in sorted({(key, None) for key in schema.key} | refs)]
        key = ", ".join(f's."{name}"' for name in schema.key) or "1"
        listed = ", ".join([f"s.{quoted((name, None))}" for name in names] +
                           [f"s.{variant.column}" for variant in self.statement.variants])
        order = [reached, worst_first(self.statement.variants)]
        if MADE_FROM.keys() & self.judging.ruleset.tables_behind(self.relation.name):
            order.reverse()  # what concerns several TSOs reaches all their rows alike
        rows = self.judging.submission.engine.query(
            f"{self.statement.judged(refs)}SELECT count(*) OVER (), {listed} FROM "
            f"{select.source('judged s')} WHERE ({reached}) IS NOT NULL "
            f"ORDER BY {', '.join(order)}, {key} LIMIT 1 OFFSET {number - 1}")
        return [self._judged(names, row, number) for row in rows]

    def _judged(self, names: Sequence[str], values: Sequence[Any], number: int) -> JudgedRow:
        raw = dict(zip(names, values[1:], strict=False))
        wrong = [name for name in names if name.rpartition(".")[2] == WRONG]
        raw |= {name: True for name in wrong if not self._sound(name)}
        row = self.evidence.rows.row(raw, self.relation.schema.clock)
        codes = tuple(zip(self.statement.variants, map(Code, values[1 + len(names):]),
                          strict=True))
        sources = Sources(self.judging, self.relation).of([row])[0]
        return JudgedRow(row, codes, sources, number, values[0])

    def _sound(self, mark: str) -> bool:
        return mark not in self.evidence.unsound_marks(self.relation, [mark])

    def _nothing(self, place: str, ways: Sequence[Path], number: int) -> str:
        if number > 1 and ways and (first := self._query(ways, 1)):
            return (f"{self.rule.id} has {first[0].total} judged rows behind {place}; "
                    f"--row {number} is none of them.")
        return (f"No judged row of {self.rule.id} rests on {place}: its row is filtered out or "
                "joins no row that is judged.")

    def _head(self, found: JudgedRow, values: RowValues) -> Iterator[str]:
        rule = self.rule
        yield f"{rule.id}  {rule.form.title}"
        places = [file if line is None else f"{file}:{line}" for file, line in found.sources]
        key = ", ".join(f"{name} {values.key(name)}" for name in self.relation.schema.key)
        yield f"row        {key}" if key else "row        all rows together"
        if places:
            yield f"rests on   {', '.join(places)}"
        if found.total > 1:
            yield (f"           row {found.number} of {found.total} that rest on this line "
                   "(--row N shows another)")
        aside = self.judging.set_aside(rule)
        if aside is not None:
            yield f"note       a check sets this rule aside as not applicable ({aside})"
        yield ""

    def _outcomes(self, found: JudgedRow) -> Iterator[str]:
        taken, *others = found.codes
        judging = self.judging
        for name in sorted(self.rule.readings):
            form = judging.ruleset.readings[name]
            settled = name in judging.options.readings or form.standing == "settled"
            standing = "settled" if settled else "open"
            yield f"reading    {name} = {judging.readings[name]} ({standing}): " \
                  f"{form.values[judging.readings[name]]}"
        yield ""
        yield f"outcome    {_words(taken[1])} as read above"
        for variant, code in others:
            assert variant.assignment is not None
            yield f"           {_words(code)} with {' = '.join(variant.assignment)}"
        whole = over_readings(taken[1], [code for _, code in others])
        if others:
            yield f"           {_words(whole)} over all open readings"


def _words(code: Code) -> str:
    text = code.word.replace("_", " ")
    more = {Code.NOTED: " with a note", Code.NOT_DUE: " (not due yet)"}
    return text + more.get(code, "")


__all__ = ["Explanation", "JudgedRow"]
