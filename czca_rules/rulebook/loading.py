"""From a ruleset's folder to a ``Ruleset``, or to every problem in its files at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from czca_rules.errors import Problem, RulesetError, UsageError, near_miss
from czca_rules.market_time.holidays import HolidayList
from czca_rules.rulebook import model as m
from czca_rules.rulebook.deadlines import spelled_out
from czca_rules.rulebook.linting import read_rule
from czca_rules.rulebook.pictures import read_pictures
from czca_rules.rulebook.pivoting import with_pivots_written_out
from czca_rules.rulebook.register import register_problems
from czca_rules.rulebook.relation_order import PlacedRelation, in_reading_order
from czca_rules.rulebook.relation_reader import Reader
from czca_rules.rulebook.relation_steps import read_relation
from czca_rules.rulebook.relations import Relation
from czca_rules.rulebook.ruleset import Included, Parameter, PictureFormulas, Rule, Ruleset
from czca_rules.rulebook.ruleset_files import RulesetFiles
from czca_rules.rulebook.schema import Schema, Surroundings, base_schema
from czca_rules.rulebook.shipped import find_ruleset
from czca_rules.rulebook.steps import Period, RelationForm, Step
from czca_rules.rulebook.syntax import ExpressionError
from czca_rules.strict_model import place_inside, place_of
from czca_rules.tables.event_tables import MADE_TABLES
from czca_rules.tables.specification import TABLES

#: Files without which formulas cannot be read.
FOUNDATIONS = ("ruleset.yaml", "parameters.yaml", "readings.yaml", "derived.yaml")
#: Most rulesets that include one another.
MAX_INCLUDES = 8


class _Loader:
    """Gathers a ruleset with all it includes, then reads every formula."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.files: list[RulesetFiles] = []
        self.parameters: dict[str, Parameter] = {}
        self.readings: dict[str, m.ReadingForm] = {}
        self.periods: dict[str, Period] = {}
        self.relations: dict[str, Relation] = {}
        self.rules: dict[str, Rule] = {}
        self.holidays: dict[tuple[str, str], HolidayList] = {}
        self.spelled: dict[str, list[Step]] = {}
        self.replaced: set[str] = set()
        self.pictures = PictureFormulas({}, None)
        self.schemas: dict[str, Schema] = {}
        self.hashes: dict[str, Included] = {}

    def gather(self, folder: Path, above: tuple[str, ...] = ()) -> None:
        files = RulesetFiles(folder)
        self.problems += files.problems
        head: m.RulesetForm | None = files.forms.get("ruleset.yaml")
        if head is None:
            return
        if above and head.id != folder.name:
            self._report(files, ("id",), "include", f"the ruleset `{head.id}` in the folder "
                         f"{folder.name}", "the folder named after the ruleset")
            return
        for number, name in enumerate(head.includes):
            path = ("includes", number)
            if name in (*above, head.id) or len(above) > MAX_INCLUDES:
                self._report(files, path, "include_cycle", f"`{name}` including itself", "no cycle")
            elif name not in self.hashes:
                try:
                    self.gather(self._included(name, folder), (*above, head.id))
                except UsageError as error:
                    self._report(files, path, "include", str(error), "a ruleset that exists")
        self.files.append(files)
        self.holidays |= files.holidays.lists
        self.hashes[head.id] = Included(head.id, head.version, files.sha256())
        self._merge(files, "parameters.yaml", "parameters", self.parameters, head.id)
        self._merge(files, "readings.yaml", "readings", self.readings, head.id)
        for name in files.derived():
            self._merge(files, name, "periods", self.periods, head.id)

    def _report(self, files: RulesetFiles, path: tuple[int | str, ...], kind: str, found: str,
                expected: str) -> None:
        line, column = place_of(files.located["ruleset.yaml"], path) or (1, 1)
        self.problems.append(Problem(files.shown("ruleset.yaml"), line, column, kind, found,
                                     expected, ""))

    @staticmethod
    def _included(name: str, folder: Path) -> Path:
        beside = folder.parent / name
        return beside if (beside / "ruleset.yaml").is_file() else find_ruleset(name)

    def _merge(self, files: RulesetFiles, name: str, kind: str, target: dict[str, Any],
               ruleset: str) -> None:
        form = files.forms.get(name)
        for key, value in (getattr(form, kind) if form else {}).items():
            if key in target:
                place = files.located[name][kind].key_places[key]
                self.problems.append(Problem(files.shown(name), place[0], place[1], "defined_twice",
                                             f"`{key}` again", "each name once", "Rename it."))
                continue
            target[key] = Parameter(key, value, ruleset) if kind == "parameters" else value

    def surroundings(self) -> Surroundings:
        return Surroundings({name: p.type for name, p in self.parameters.items()},
                            frozenset(self.periods))

    def schema_of(self, name: str) -> Schema | None:
        if name in self.schemas:
            return self.schemas[name]
        return base_schema(name)

    def known(self) -> list[str]:
        return [*TABLES, *MADE_TABLES, *self.schemas]

    def founded(self) -> bool:
        """Whether all that formulas rest on could be read; else they would fail for its lack."""
        return bool(self.files) and not any(
            problem.file.rpartition("/")[2] in FOUNDATIONS or "/derived/" in problem.file
            for problem in self.problems)

    def read(self) -> None:
        surroundings = self.surroundings()
        values: Mapping[str, Mapping[str, str]] = {k: r.values for k, r in self.readings.items()}
        for files in self.files:
            self._spell_out(files)
        for files in self.files:
            self._read_relations(files, surroundings, values)
            self._read_rules(files, surroundings)
        self._replace_rules()
        self.pictures, problems = read_pictures(self.files, self.relations, self.rules,
                                                surroundings)
        self.problems += problems
        for files in self.files:
            checked = {form.provision for name, form in files.forms.items()
                       if name.startswith("rules/")}
            self.problems += register_problems(files.forms, files.located, files.folder.name,
                                               self.rules, self.readings, checked)

    def _read_relations(self, files: RulesetFiles, surroundings: Surroundings,
                        values: Mapping[str, Mapping[str, str]]) -> None:
        readers = {name: Reader(files.shown(name), files.located[name], surroundings, values,
                                self.schema_of, self.known) for name in files.derived()}
        for placed in in_reading_order([
                PlacedRelation(file, name, form) for file in readers
                for name, form in files.forms[file].relations.items()]):
            name, reader = placed.name, readers[placed.file]
            relation = read_relation(name, self._whole(name, placed.form), reader)
            if name in self.known():
                reader.report(("relations", name), "defined_twice", f"`{name}` again",
                              "each name once", "Rename it.")
            elif relation is not None:
                pivoted = any(step.pivot_events for step in placed.form.steps)
                self.relations[name] = replace(relation, pivoted=pivoted)
                self.schemas[name] = relation.schema
        self.problems += [problem for reader in readers.values() for problem in reader.problems]

    def _whole(self, name: str, form: RelationForm) -> RelationForm:
        """A relation with its spellings written out and the columns of the deadlines on it."""
        written = with_pivots_written_out(form)
        return written.model_copy(update={"steps": (*written.steps, *self.spelled.get(name, ()))})

    def _spell_out(self, files: RulesetFiles) -> None:
        """Replace deadlines and sequences by what they stand for."""
        for name, form in files.forms.items():
            if not name.startswith("rules/"):
                continue
            found = spelled_out(form, {parameter: item.form.unit for parameter, item in
                                       self.parameters.items()})
            if isinstance(found, ExpressionError):
                key = "deadline" if form.deadline else "sequence"
                place = place_inside(files.located[name], (key,), found.column - 1) or place_of(
                    files.located[name], (key,)) or (1, 1)
                self.problems.append(Problem(files.shown(name), *place, key, found.found,
                                             found.expected, found.fix))
            elif found is not None:
                files.forms[name] = found.form
                self.spelled.setdefault(form.on, []).extend(found.steps)

    def _replace_rules(self) -> None:
        """Leave out the rules of included rulesets that a rule of this one takes the place of."""
        head = self.files[-1].forms["ruleset.yaml"]
        for rule in list(self.rules.values()):
            for other in rule.form.instead_of:
                if other in self.rules and self.rules[other].ruleset != rule.ruleset:
                    del self.rules[other]
                elif rule.ruleset == head.id and other not in self.replaced:
                    place = self.files[-1].located[f"rules/{rule.id}.yaml"].value_places[
                        "instead_of"]
                    self.problems.append(Problem(
                        rule.file, *place, "unknown_rule", f"rule `{other}`",
                        "a rule of an included ruleset", near_miss(
                            other, [name for name, item in self.rules.items()
                                    if item.ruleset != rule.ruleset])))
                self.replaced.add(other)

    def _read_rules(self, files: RulesetFiles, surroundings: Surroundings) -> None:
        head = files.forms["ruleset.yaml"]
        for name, form in files.forms.items():
            if not name.startswith("rules/"):
                continue
            rule, problems = read_rule(form, files.located[name], files.shown(name), head.id,
                                       self.relations, surroundings)
            self.problems += problems
            known = {identifier.lower() for identifier in self.rules}
            if rule is not None and rule.id.lower() in known:
                place = files.located[name].value_places["id"]
                self.problems.append(Problem(files.shown(name), *place, "defined_twice",
                                             f"rule `{rule.id}` again", "each rule once, whether "
                                             "in capitals or not", ""))
            elif rule is not None:
                self.rules[rule.id] = rule

    def ruleset(self) -> Ruleset:
        """All that was read, as one ruleset."""
        files = self.files[-1]
        head: m.RulesetForm = files.forms["ruleset.yaml"]
        provisions = files.forms.get("provisions.yaml")
        above = [form for part in self.files[:-1] if "provisions.yaml" in part.forms
                 for form in part.forms["provisions.yaml"].provisions]
        whole = "\n".join(f"{item.id} {item.sha256}" for item in self.hashes.values())
        return Ruleset(
            head, hashlib.sha256(whole.encode()).hexdigest(),
            tuple(item for item in self.hashes.values() if item.id != head.id),
            self.parameters, self.readings, self.periods, self.relations, self.rules,
            self.holidays, provisions.provisions if provisions else (), tuple(above),
            self.surroundings(), self.pictures,
            files.forms["defects.yaml"].defects if "defects.yaml" in files.forms else ())


@lru_cache(maxsize=16)
def load_ruleset(name: str) -> Ruleset:
    """Read a ruleset by its identifier or path.

    Raises ``RulesetError`` with every problem of every file, or ``UsageError`` for a ruleset that
    does not exist.
    """
    loader = _Loader()
    loader.gather(find_ruleset(name))
    if loader.founded():
        loader.read()
    if loader.problems:
        raise RulesetError(sorted(set(loader.problems),
                                  key=lambda p: (p.file, p.line or 0, str(p))))
    return loader.ruleset()
