"""The files of one ruleset folder, read into their forms, and the hash of what they say."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from czca_rules.errors import Problem
from czca_rules.rulebook import model as m
from czca_rules.rulebook.holiday_lists import read_holidays
from czca_rules.rulebook.register import DefectsFile, ParagraphsFile, ProvisionsFile
from czca_rules.strict_model import StrictModel, validate
from czca_rules.strict_yaml import Located, read_yaml

PARTS: tuple[tuple[str, type[StrictModel]], ...] = (
    ("parameters.yaml", m.ParametersFile), ("readings.yaml", m.ReadingsFile),
    ("derived.yaml", m.DerivedFile), ("pictures.yaml", m.PicturesFile),
    ("provisions.yaml", ProvisionsFile), ("paragraphs.yaml", ParagraphsFile),
    ("defects.yaml", DefectsFile),
)


class RulesetFiles:
    """The files of one ruleset folder, read into their forms."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.located: dict[str, Located] = {}
        self.forms: dict[str, Any] = {}
        parts: tuple[tuple[str, type[StrictModel]], ...] = (("ruleset.yaml", m.RulesetForm), *PARTS)
        for name, form in parts:
            if name == "ruleset.yaml" or (folder / name).exists():
                self.read(name, form)
        for path in sorted((folder / "derived").glob("*.yaml")):
            self.read(f"derived/{path.name}", m.DerivedFile)
        for path in sorted((folder / "rules").glob("*.yaml")):
            self.read(f"rules/{path.name}", m.RuleForm)
        self.holidays = read_holidays(folder / "holidays", self.shown("holidays"))
        self.problems += self.holidays.problems

    def derived(self) -> list[str]:
        """The files of derived relations that could be read: `derived.yaml`, `derived/*.yaml`."""
        return [name for name, form in self.forms.items() if isinstance(form, m.DerivedFile)]

    def shown(self, name: str) -> str:
        """A file's name as problems show it."""
        return f"{self.folder.name}/{name}"

    def read(self, name: str, form: type[StrictModel]) -> None:
        """Read one file into its form, or gather what is wrong with it."""
        value, problems = read_yaml(self.folder / name, self.shown(name))
        self.problems += problems
        if value is None or problems:
            return
        if not isinstance(value, Located):
            self.problems.append(Problem(self.shown(name), 1, 1, "not_a_mapping",
                                         "a list or word", "a mapping of keys", ""))
            return
        built, more = validate(form, value, self.shown(name))
        self.problems += more
        if built is not None:
            self.forms[name], self.located[name] = built, value

    def sha256(self) -> str:
        """The hash of the parsed, canonical form: the same for other line ends or comments."""
        content: dict[str, object] = dict(self.located)
        if self.holidays.content:
            content["holidays"] = self.holidays.content
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=_exact,
                               separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def _exact(value: object) -> str:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")  # pragma: no cover
