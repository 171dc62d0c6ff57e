"""Whether a rule says what it may: formulas typed, key order fixed, messages filled from names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from czca_rules.errors import Problem, near_miss
from czca_rules.rulebook.model import RuleForm
from czca_rules.rulebook.relation_reader import Path, Reader
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.ruleset import Derogation, Rule
from czca_rules.rulebook.schema import Surroundings, rests_on
from czca_rules.rulebook.syntax import Node
from czca_rules.strict_yaml import Located

KEY_ORDER = tuple(field.alias or name for name, field in RuleForm.model_fields.items())
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
#: What every message may name beside columns, parameters and `shows`.
MESSAGE_NAMES = ("observed", "required", "excess")


def read_rule(form: RuleForm, located: Located, file: str, ruleset: str,
              relations: Mapping[str, Relation],
              surroundings: Surroundings) -> tuple[Rule | None, list[Problem]]:
    """Read and lint one rule; every problem carries its place in the file."""
    reader = Reader(file, located, surroundings, {}, lambda name: None, list)
    _lint_form(form, located, reader)
    relation = relations.get(form.on)
    if relation is None:
        reader.report(("on",), "unknown_relation", f"relation `{form.on}`",
                      "a relation of derived.yaml", near_miss(form.on, relations))
        return None, reader.problems
    scope = surroundings.scope(relation.schema)

    def read(text: str | None, path: Path, sort: str) -> Node | None:
        return None if text is None else reader.formula(text, path, scope, sort)

    under = read(form.under, ("under",), "truth")
    due = read(form.due, ("due",), "instant")
    must = read(form.must, ("must",), "truth")
    noted = read(form.noted, ("noted",), "truth")
    derogations = _derogations(form, reader, read)
    showing = surroundings.scope(relation.schema, ratio=True)
    shows = {name: reader.formula(text, ("shows", name), showing)
             for name, text in form.shows.items()}
    _lint_message(form, relation, surroundings, reader)
    if reader.problems or must is None:
        return None, reader.problems
    nodes = [node for node in (under, due, must, *(n for d in derogations
             for n in (d.claimed, d.holds))) if node is not None]
    tables, readings = relation.schema.tables, frozenset[str]()
    for node in nodes:
        more, turning = rests_on(node, relation.schema)
        tables, readings = tables | more, readings | turning
    known = {name: node for name, node in shows.items() if node is not None}
    return Rule(form, ruleset, file, under, derogations, due, must, noted, known, readings,
                tables), []


def _derogations(form: RuleForm, reader: Reader, read: object) -> tuple[Derogation, ...]:
    result = []
    for exemption, item in form.unless.items():
        path: Path = ("unless", exemption)
        claimed = read(item.claimed, (*path, "claimed"), "truth")  # type: ignore[operator]
        holds = read(item.holds, (*path, "holds"), "truth")  # type: ignore[operator]
        if claimed is not None and holds is not None:
            result.append(Derogation(exemption, claimed, holds, item.cite))
    return tuple(result)


def _lint_form(form: RuleForm, located: Located, reader: Reader) -> None:
    if not reader.file.endswith(f"/{form.id}.yaml"):
        reader.report(("id",), "file_name", f"rule {form.id} in {reader.file}",
                      f"the file {form.id}.yaml", "Rename the file or the rule.")
    order = [key for key in KEY_ORDER if key in located]
    for given, wanted in zip(located, order, strict=False):
        if given != wanted:
            reader.report((given,), "key_order", f"`{given}` here", f"`{wanted}`",
                          f"Keep the order {', '.join(order)}.")
            break


def _lint_message(form: RuleForm, relation: Relation, surroundings: Surroundings,
                  reader: Reader) -> None:
    ordered = ("out_of_order",) if form.sequence else ()
    names = {*MESSAGE_NAMES, *ordered, *form.shows, *relation.schema.columns,
             *surroundings.parameters,
             *surroundings.names(relation.schema.clock)}
    for name in PLACEHOLDER.findall(form.message):
        if name not in names:
            reader.report(("message",), "message_name", f"`{{{name}}}` in the message",
                          "a column, parameter or shown value", near_miss(name, names))
    if re.search("[{}]", PLACEHOLDER.sub("", form.message)):
        reader.report(("message",), "message_name", "a brace around no name", "`{name}`")
    if PLACEHOLDER.search(form.fix):
        reader.report(("fix",), "fix_values", "a value in `fix`", "one advice for every row")
