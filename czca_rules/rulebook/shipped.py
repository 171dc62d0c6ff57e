"""Where rulesets stand: beside the package or inside its wheel, or at a path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from czca_rules.errors import UsageError, near_miss


def shipped_root(part: str = "rulesets") -> Path:
    """Where the shipped rulesets (or their cases) stand: beside the package or inside its wheel."""
    package = Path(str(resources.files("czca_rules")))
    inside = package / "_shipped" / part
    beside = package.parent / ("rulesets" if part == "rulesets" else "fixtures/cases")
    return inside if inside.is_dir() else beside


def shipped_rulesets() -> list[str]:
    """The identifiers of the shipped rulesets, sorted."""
    return sorted(path.parent.name for path in shipped_root().glob("*/ruleset.yaml"))


def find_ruleset(name: str) -> Path:
    """The folder of a ruleset given by its identifier or by a path to it."""
    if name in shipped_rulesets():
        return shipped_root() / name
    path = Path(name)
    if (path / "ruleset.yaml").is_file():
        return path
    raise UsageError(f"there is no ruleset `{name}`. {near_miss(name, shipped_rulesets())}")
