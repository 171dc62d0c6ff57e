"""What the pictures of a day show: quantities of border directions, as formulas of a ruleset.

``pictures.yaml`` names for each curve the relation and formula that give it; a ruleset takes over
the curves of the rulesets it includes, and may put its own in their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from czca_rules.errors import Problem, near_miss
from czca_rules.rulebook.model import CurveForm, PicturesFile
from czca_rules.rulebook.relation_reader import Reader
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.ruleset import CurveFormula, PictureFormulas, Rule
from czca_rules.rulebook.ruleset_files import RulesetFiles
from czca_rules.rulebook.schema import Surroundings
from czca_rules.rulebook.syntax import Node
from czca_rules.rulebook.typecheck import type_of
from czca_rules.rulebook.units import UNITS

#: What identifies a value of a curve, and nothing else may.
GRAIN = {"from_zone", "to_zone", "mtu_start"}
PRICE_GRAIN = {*GRAIN, "product", "direction"}


CURVES = ("allocated", "limit", "capacity")


def read_pictures(files: Sequence[RulesetFiles], relations: Mapping[str, Relation],
                  rules: Mapping[str, Rule],
                  surroundings: Surroundings) -> tuple[PictureFormulas, list[Problem]]:
    """What a ruleset and all it includes draw (``files``, the including one last)."""
    curves: dict[str, CurveFormula] = {}
    price_rule: str | None = None
    problems: list[Problem] = []
    for part in files:
        form: PicturesFile | None = part.forms.get("pictures.yaml")
        if form is None:
            continue
        reader = Reader(part.shown("pictures.yaml"), part.located["pictures.yaml"], surroundings,
                        {}, lambda name: None, list)
        for name in CURVES:
            curve: CurveForm | None = getattr(form, name)
            value = None if curve is None else _value(name, curve, relations, reader)
            if curve is not None and value is not None and _judges(
                    curve.rule, name, GRAIN, rules, relations, reader):
                curves[name] = CurveFormula(curve, value)
        if form.prices is not None and _judges(form.prices.rule, "prices", PRICE_GRAIN, rules,
                                               relations, reader):
            price_rule = form.prices.rule
        problems += reader.problems
    return PictureFormulas(curves, price_rule), problems


def _judges(rule: str | None, name: str, grain: set[str], rules: Mapping[str, Rule],
            relations: Mapping[str, Relation], reader: Reader) -> bool:
    """Whether a rule, if one is named, exists and judges rows of the grain that is drawn."""
    if rule is None:
        return True
    if rule not in rules:
        reader.report((name, "rule"), "unknown_rule", f"rule `{rule}`", "a rule of this ruleset",
                      near_miss(rule, rules))
        return False
    key = relations[rules[rule].form.on].schema.key
    if not grain <= set(key):
        reader.report((name, "rule"), "grain", f"`{rule}`, which judges a row by "
                      f"{', '.join(key)}", f"a rule on rows by at least {', '.join(sorted(grain))}")
        return False
    return True


def _value(name: str, form: CurveForm, relations: Mapping[str, Relation],
           reader: Reader) -> Node | None:
    relation = relations.get(form.on)
    if relation is None:
        reader.report((name, "on"), "unknown_relation", f"relation `{form.on}`",
                      "a relation of derived.yaml", near_miss(form.on, relations))
        return None
    if set(relation.schema.key) != GRAIN:
        reader.report((name, "on"), "grain", f"`{form.on}`, a row of which is known by "
                      f"{', '.join(relation.schema.key)}", f"a row by {', '.join(sorted(GRAIN))}")
        return None
    scope = reader.surroundings.scope(relation.schema, ratio=True)
    node = reader.formula(form.value, (name, "value"), scope, "quantity")
    if node is not None and type_of(node, scope).unit != UNITS["MW"]:
        reader.report((name, "value"), "unit", f"`{form.value}`", "a quantity in MW")
        return None
    return node
