"""Every YAML file names its schema on its first line, obeys it, and the schemas are current."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from czca_rules.check.published_schemas import FOLDER, PUBLISHED, schema_text
from czca_rules.strict_yaml import read_yaml

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("rulesets/*/**/*.yaml"), *ROOT.glob("fixtures/cases/*/*.yaml")])
SCHEMA_LINE = "# yaml-language-server: $schema="


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_schema_is_current(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == schema_text(name)


def plain(value: Any) -> Any:
    """Strict YAML as JSON has it: exact decimals are numbers there."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else str(value) if isinstance(
        value, date) else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_names_its_schema_and_obeys_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    if path.name == "given.yaml":
        return
    assert first.startswith(SCHEMA_LINE), "the editor line is missing"
    schema = (path.parent / first.removeprefix(SCHEMA_LINE)).resolve()
    assert schema.is_file(), "the schema that the first line names does not exist"
    value, problems = read_yaml(path, path.name)
    assert not problems
    jsonschema.validate(plain(value), json.loads(schema.read_text(encoding="utf-8")))
