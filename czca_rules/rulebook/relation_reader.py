"""Reading formulas of one file against the schemas they stand on, with every problem's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from czca_rules.errors import Problem, near_miss
from czca_rules.rulebook import steps as forms
from czca_rules.rulebook.parsing import parse
from czca_rules.rulebook.relations import Column
from czca_rules.rulebook.schema import ColumnInfo, Schema, Surroundings, confidential_in, rests_on
from czca_rules.rulebook.syntax import ExpressionError, Node
from czca_rules.rulebook.typecheck import Scope, require, type_of
from czca_rules.rulebook.units import MAX_DIGITS, Type, joined
from czca_rules.rulebook.weights import MAX_WEIGHT, weight_of
from czca_rules.strict_model import place_inside, place_of
from czca_rules.strict_yaml import Located

Path = tuple[int | str, ...]


class Reader:
    """Reads and types the formulas of one file, collecting every problem with its place."""

    def __init__(self, file: str, located: Located, surroundings: Surroundings,
                 readings: Mapping[str, Mapping[str, str]],
                 schema_of: Callable[[str], Schema | None], known: Callable[[], list[str]]) -> None:
        self.file, self.located, self.surroundings = file, located, surroundings
        self.readings, self.schema_of, self.known = readings, schema_of, known
        self.problems: list[Problem] = []

    def report(self, path: Path, kind: str, found: str, expected: str, fix: str = "",
               offset: int | None = None) -> None:
        inside = None if offset is None else place_inside(self.located, path, offset)
        line, column = inside or place_of(self.located, path) or (1, 1)
        self.problems.append(Problem(self.file, line, column, kind, found, expected, fix))

    def formula(self, text: str, path: Path, scope: Scope, sort: str | None = None) -> Node | None:
        """Read and type one formula; problems carry its place, and give no node."""
        try:
            node = parse(text)
            if sort is None:
                type_of(node, scope)
            else:
                require(node, scope, sort)
        except ExpressionError as error:
            self.report(path, "formula", error.found, error.expected, error.fix, error.column - 1)
            return None
        if weight_of(node, scope.weight) > MAX_WEIGHT:
            self.report(path, "formula", "a formula that grows too large when written out",
                        f"at most {MAX_WEIGHT} names", "Split it over several steps.", 0)
            return None
        return node

    def columns(self, given: Mapping[str, forms.Definition], path: Path,
                scope: Scope) -> list[Column]:
        """Read the formulas of columns, each for every value of its reading."""
        result = []
        for name, definition in given.items():
            if isinstance(definition, str):
                node = self.formula(definition, (*path, name), scope)
                if node is not None:
                    result.append(Column(name, {"": node}, None))
                continue
            formulas = self._by_reading(name, definition, path, scope)
            if formulas:
                result.append(Column(name, formulas, definition.reading))
        return result

    def _by_reading(self, name: str, given: forms.ByReading, path: Path,
                    scope: Scope) -> dict[str, Node]:
        values = self.readings.get(given.reading)
        if values is None:
            self.report((*path, name, "reading"), "unknown_reading", f"reading `{given.reading}`",
                        "a reading of readings.yaml", near_miss(given.reading, self.readings))
            return {}
        if set(values) != set(given.formulas):
            self.report((*path, name), "readings_incomplete",
                        f"formulas for {', '.join(sorted(given.formulas))}",
                        f"one for each of {', '.join(sorted(values))}")
            return {}
        nodes = {value: self.formula(text, (*path, name, "formulas", value), scope)
                 for value, text in given.formulas.items()}
        read = {value: node for value, node in nodes.items() if node is not None}
        kinds = [type_of(node, scope) for node in read.values()]
        if len({(kind.sort, kind.unit) for kind in kinds}) > 1:
            self.report((*path, name), "readings_differ",
                        " and ".join(sorted({str(kind) for kind in kinds})),
                        "the same unit under every reading")
            return {}
        if kinds and _widest(kinds).digits > MAX_DIGITS:
            self.report((*path, name), "readings_differ", "formulas of too many digits together",
                        f"at most {MAX_DIGITS}")
            return {}
        return read


def _widest(kinds: Sequence[Type]) -> Type:
    """The narrowest type that holds the values of all."""
    result = kinds[0]
    for kind in kinds[1:]:
        result = joined(result, kind)
    return result


def column_info(column: Column, schema: Schema, scope: Scope, zero: bool) -> ColumnInfo:
    """What is known of a computed column: the widest of its formulas."""
    kind = _widest([type_of(node, scope) for node in column.formulas.values()])
    tables: frozenset[str] = frozenset()
    readings = frozenset({column.reading} if column.reading else ())
    for node in column.formulas.values():
        more, turning = rests_on(node, schema)
        tables, readings = tables | more, readings | turning
    hidden = any(confidential_in(node, schema) for node in column.formulas.values())
    weight = max(weight_of(node, scope.weight) for node in column.formulas.values())
    return ColumnInfo(kind, tables or schema.tables, readings, zero, hidden, True, weight)


