"""Formulas over small tables of every unit: their SQL and their Python, value by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from czca_rules.derive.calendar import Calendar
from czca_rules.derive.certainty import SqlScope
from czca_rules.derive.interpreter import SurroundedRow
from czca_rules.derive.select import Context, Select
from czca_rules.derive.sql import sql
from czca_rules.rulebook.evaluate import evaluate, evaluate_group
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.model import ParameterForm
from czca_rules.rulebook.parsing import parse
from czca_rules.rulebook.ruleset import Parameter
from czca_rules.rulebook.schema import ColumnInfo, Schema, Surroundings
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.typecheck import Scope, type_of
from czca_rules.rulebook.units import UNITS, Type, column_type
from czca_rules.tables.columns import WIDTHS, Column
from czca_rules.tables.engine import Engine

DAY = date(2026, 3, 11)
AS_OF = datetime(2026, 3, 10, 8, 40)
#: Lists of words with blanks, empty parts, and a word that is part of another.
LISTS = ("up;down", " up ; down ", "down;", ";up", ";", ";;", "ups;not_up", "UP", "up down", "u p",
         "down;it's;up")
#: Moments in the middle of an hour, at its edges, and before 1970.
MOMENTS = (datetime(2026, 3, 10, 8, 59, 59, 999_999), datetime(2026, 3, 10, 9),
           datetime(2026, 3, 10, 9, 0, 0, 1), datetime(1969, 12, 31, 23, 59, 59, 999_999),
           datetime(1960, 6, 1, 0, 30), datetime(1970, 1, 1))
#: Columns by name and kind; those of ``x`` come from a joined row, `sure_mw` is never unknown.
KINDS: dict[str, Any] = {
    "p_mw": "mw", "q_mw": "mw", "sure_mw": "mw", "r_eur_mwh": "price", "e_eur": "eur",
    "part": "share", "number": "number", "length": "hours", "count_of": "integer",
    "word": "text", "zone": "text", "yes": "boolean", "no": "boolean", "at": "instant",
    "until": "instant", "day": "date", "x.mw": "mw", "x.word": "text", "x.yes": "boolean",
}
ALWAYS = ("sure_mw",)
MARKS = ("_bad", "x._bad")


def _type(name: str, kind: Any) -> Type:
    column = Column(name, kind, "", required=False)
    return column_type(column, nullable=name not in ALWAYS)


TYPES: dict[str, Type] = {name: _type(name, kind) for name, kind in KINDS.items()}
PARAMETERS = {
    "known_mw": {DAY.replace(year=2020): {"value": Decimal("12.5"), "cite": "Art. 1"}},
    "late_mw": {DAY.replace(year=2099): {"value": Decimal("3"), "cite": "Art. 1"}},
}

AROUND = {"known_mw": Decimal("12.5"), "late_mw": None, "submission.as_of": AS_OF}


def surroundings() -> Surroundings:
    """Two parameters of MW, one of them not yet in force."""
    return Surroundings({name: Type("quantity", UNITS["MW"], 4, 1) for name in PARAMETERS},
                        frozenset())


@cache
def select() -> Select:
    """The SELECT over the table of every unit."""
    law = load_ruleset("ebgl")
    parameters = {name: Parameter(name, ParameterForm.model_validate({
        "title": "A number", "unit": "MW", "values": values, "reviewed": DAY}), "trial")
        for name, values in PARAMETERS.items()}
    ruleset = replace(law, parameters=parameters, surroundings=surroundings(), periods={}, rules={})
    calendar = Calendar(ruleset, (DAY,), {"submission.as_of": AS_OF})
    context = Context(ruleset, calendar, {}, lambda table: True, lambda name: (False, None),
                      lambda *parts: "")
    infos = {name: ColumnInfo(kind) for name, kind in TYPES.items()}
    return Select(context, Schema(infos, (), "none", frozenset(), False))


def scope(aggregates: bool = False) -> Scope:
    """The names of formulas over the table."""
    return surroundings().scope(select().schema, aggregates)


def surrounded(row: Mapping[str, Any]) -> SurroundedRow:
    """A row with the parameters around it."""
    return SurroundedRow(row, "none", lambda row, name: AROUND[name])


def filled(engine: Engine, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the table of rows, numbered from 0."""
    columns = [("_n", "INTEGER"), ("_group", "INTEGER"), *((name, "BOOLEAN") for name in MARKS),
               *((name, kind.sql) for name, kind in TYPES.items())]
    engine.fill("trial", columns, [[n, *(row[name] for name, _ in columns[1:])]
                                   for n, row in enumerate(rows)])


def lowered(nodes: Sequence[Node], aggregates: bool = False) -> list[str]:
    """The SQL of formulas over the table `s`."""
    chosen = select()
    names = SqlScope(scope(aggregates), chosen.column, _wrong)
    return [sql(node, names) for node in nodes]


def _wrong(name: str) -> str:
    if name and select().schema.info(name) is None:
        return "false"
    mark = "x._bad" if name.startswith("x.") else "_bad"
    return f's."{mark}"'


def by_engine(texts: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The values of formulas for every row, as the engine finds them."""
    listed = ", ".join(f"{text} AS v{n}" for n, text in enumerate(lowered([*map(parse, texts)])))
    with Engine(threads=1) as engine:
        filled(engine, rows)
        return [list(row) for row in engine.query(f"SELECT {listed} FROM trial s ORDER BY s._n")]


def by_python(texts: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The values of formulas for every row in plain Python."""
    nodes = [parse(text) for text in texts]
    return [[evaluate(node, surrounded(row)) for node in nodes] for row in rows]


def groups_by_engine(texts: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The values of aggregates for every group, as the engine finds them."""
    listed = ", ".join(f"{text} AS v{n}" for n, text in
                       enumerate(lowered([*map(parse, texts)], aggregates=True)))
    with Engine(threads=1) as engine:
        filled(engine, rows)
        return [list(row) for row in engine.query(
            f"SELECT {listed} FROM trial s GROUP BY s._group ORDER BY s._group")]


def groups_by_python(texts: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The values of aggregates for every group in plain Python."""
    numbers = sorted({row["_group"] for row in rows})
    groups = [[surrounded(row) for row in rows if row["_group"] == n] for n in numbers]
    return [[evaluate_group(parse(text), group) for text in texts] for group in groups]


def well_typed(text: str, aggregates: bool = False) -> Type:
    """The type of a formula over the table."""
    return type_of(parse(text), scope(aggregates))


def extremes(kind: Any) -> list[Decimal]:
    """The largest, smallest and least quantities that a kind of column can hold."""
    width, scale = WIDTHS[kind]
    step = Decimal(1).scaleb(-scale)
    most = Decimal(10) ** (width - scale) - step
    return [most, -most, step, -step, Decimal(0), Decimal(1)]


def cell(name: str) -> st.SearchStrategy[Any]:
    """A value of a column, now and then unknown."""
    kind = KINDS[name]
    values: st.SearchStrategy[Any]
    if kind in WIDTHS:
        values = st.sampled_from([*extremes(kind), Decimal("2"), Decimal("5")])
    elif kind == "boolean":
        values = st.booleans()
    elif kind == "text":
        values = st.sampled_from(["up", "down", "it's", "", "ü", *LISTS])
    elif kind == "date":
        values = st.sampled_from([DAY, date(2026, 3, 12)])
    else:
        values = st.sampled_from([AS_OF, AS_OF + timedelta(hours=1), datetime(2026, 3, 29, 1),
                                  *MOMENTS])
    return values if name in ALWAYS else values | st.none()


@st.composite
def table_rows(draw: Any) -> dict[str, Any]:
    """A row, its own or its joined part handed in wrong now and then."""
    row: dict[str, Any] = {name: draw(cell(name)) for name in KINDS}
    row |= {"_group": draw(st.integers(1, 3))}
    for mark in MARKS:
        row[mark] = draw(st.integers(0, 7)) == 0
        if row[mark]:
            row |= {name: None for name in KINDS if name not in ALWAYS
                    and name.startswith("x.") == (mark == "x._bad")}
    return row


def row(**cells: Any) -> dict[str, Any]:
    """A row of unknowns, some cells set; numbers are decimals."""
    empty: dict[str, Any] = dict.fromkeys(KINDS) | dict.fromkeys(MARKS, False)
    empty |= {"_group": 1, "sure_mw": Decimal(7)}
    return empty | {name: Decimal(value) if isinstance(value, int | str)
                    and not isinstance(value, bool) and KINDS.get(name) not in ("text", None)
                    else value for name, value in cells.items()}
