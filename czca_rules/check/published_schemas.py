"""The JSON Schemas that editors and other tools read: one for each kind of YAML file.

``python -m czca_rules.check.published_schemas`` writes them; a test keeps them current. The first
line of every shipped file names its schema.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from czca_rules.check.cases import CaseFile
from czca_rules.rulebook import model as m
from czca_rules.rulebook.decision_forms import DecisionsFile
from czca_rules.rulebook.holiday_lists import HolidaySources
from czca_rules.rulebook.register import DefectsFile, ParagraphsFile, ProvisionsFile
from czca_rules.tables.manifest import Manifest

FOLDER = Path(__file__).parent.parent / "rulebook" / "schema"

PUBLISHED: dict[str, type[BaseModel]] = {
    "ruleset": m.RulesetForm, "parameters": m.ParametersFile, "readings": m.ReadingsFile,
    "derived": m.DerivedFile, "pictures": m.PicturesFile,
    "provisions": ProvisionsFile, "paragraphs": ParagraphsFile, "defects": DefectsFile,
    "decision_tables": DecisionsFile, "rule": m.RuleForm,
    "cases": CaseFile, "submission": Manifest, "holidays": HolidaySources,
}


def schema_text(name: str) -> str:
    """A published schema as its file holds it."""
    schema: dict[str, Any] = PUBLISHED[name].model_json_schema(by_alias=True)
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema,
             "title": f"czca_rules {name}"}
    return json.dumps(whole, indent=2, sort_keys=True) + "\n"


def main() -> None:
    """Write all schemas."""
    FOLDER.mkdir(exist_ok=True)
    for name in PUBLISHED:
        (FOLDER / f"{name}.json").write_text(schema_text(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
