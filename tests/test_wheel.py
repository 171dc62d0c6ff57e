"""The wheel alone is enough: rulesets and their cases travel in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import cli_submission
import pytest
from test_portability import portable

PROJECT = Path(__file__).parent.parent


def succeeds(*words: str | Path, cwd: Path, env: dict[str, str] | None = None) -> None:
    """Run a command that must succeed."""
    done = subprocess.run([sys.executable, *map(str, words)], cwd=cwd, env=env,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the project as it stands."""
    built = tmp_path_factory.mktemp("built")
    succeeds("-m", "build", "--wheel", "--no-isolation", "--outdir", built, PROJECT, cwd=built)
    found, = built.glob("czca_rules-*.whl")
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """A folder that the wheel, and nothing else, is installed into."""
    target = tmp_path_factory.mktemp("installed")
    succeeds("-m", "pip", "install", "--no-deps", "--no-index", "--disable-pip-version-check",
             "--target", target, wheel, cwd=target)
    return target


def czca(installed: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command; its package comes before the one under development."""
    code = ("import sys, czca_rules; from czca_rules.cli import main\n"
            f"assert czca_rules.__file__.startswith({str(installed)!r}), czca_rules.__file__\n"
            "main()")
    return subprocess.run([sys.executable, "-c", code, *words], cwd=cwd, check=False,
                          env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True)


def test_the_wheel_lists_its_rulesets(installed: Path, tmp_path: Path) -> None:
    done = czca(installed, tmp_path, "rules", "--json")
    assert done.returncode == 0, done.stderr
    names = {row["id"] for row in json.loads(done.stdout)}
    assert {path.parent.name for path in (PROJECT / "rulesets").glob("*/ruleset.yaml")} == names


def test_the_wheel_checks_a_submission(installed: Path, tmp_path: Path) -> None:
    cli_submission.write_submission(tmp_path / "gr-it")
    done = czca(installed, tmp_path, "check", "gr-it", "-o", "report.html", "-o", "-")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["ruleset"]["id"] == "greece-italy-mb"
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_wheel_explains_a_rule_with_its_cases(installed: Path, tmp_path: Path) -> None:
    done = czca(installed, tmp_path, "explain", "GI-8.1", "--expanded")
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.decode().splitlines() if line.startswith("cases"))
    assert int(line.split()[1]) > 0


def test_the_entry_point_is_there(installed: Path, tmp_path: Path) -> None:
    script = next(path for path in (installed / "bin", installed / "Scripts")
                  if path.is_dir()) / ("czca.exe" if os.name == "nt" else "czca")
    assert script.is_file()


def test_names_in_the_wheel_are_portable(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert all(portable(part) for name in archive.namelist() for part in name.split("/"))
