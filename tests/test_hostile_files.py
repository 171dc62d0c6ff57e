"""Files meant to do harm: deep, large, linked, circular; refused before anything is built."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_rulesets import (
    HEAD,
    problems_of,
    write_ruleset,
)

from czca_rules.errors import CzcaError, Problem
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, parse_yaml, read_yaml

DAY = {"mtu_start": "2026-03-11T00:00:00+01:00", "mtu_end": "2026-03-12T00:00:00+01:00"}
#: Seconds that anything hostile may take; generous where many tests run side by side.
SOON = 1.0 if "CI" not in os.environ else 5.0


@contextmanager
def soon() -> Iterator[None]:
    """Fail if what is inside takes longer than a moment of computing."""
    began = time.process_time()
    yield
    assert time.process_time() - began < SOON


def refused(folder: Path, files: dict[str, str | bytes]) -> tuple[Problem, ...]:
    """The problems of a ruleset that must be refused soon."""
    load_ruleset("ebgl")  # reads the grammar, which is not what is measured
    with soon():
        found = problems_of(folder / "trial", files)
    assert found
    assert all(len(str(problem)) < 2_000 for problem in found)
    return found


NESTED = ["[" * 10_000, "[" * 10_000 + "]" * 10_000, "{a: " * 10_000 + "b" + "}" * 10_000,
          "- " * 10_000 + "a", "? " * 10_000 + "a",
          "\n".join(" " * depth + "a:" for depth in range(1_500))]


@pytest.mark.parametrize("text", NESTED, ids=["open", "flow", "maps", "dashes", "keys", "block"])
def test_deep_yaml_is_refused_before_it_is_built(tmp_path: Path, text: str) -> None:
    for name in ("ruleset.yaml", "derived.yaml", "rules/TR-1.yaml"):
        (problem,) = refused(tmp_path / name.replace("/", "-"), {name: text})
        assert problem.kind == "too_deep"
        assert problem.line is not None


def test_depth_is_limited_exactly() -> None:
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert parse_yaml(deep, "x")[1] == []
    assert parse_yaml(f"[{deep}]", "x")[1][0].kind == "too_deep"


def test_bombs_of_anchors_tags_and_documents_do_not_go_off(tmp_path: Path) -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24))
    for number, text in enumerate((
            laughs, "a: !!python/object/apply:os.system ['true']\n", "<<: *a\n", "a: &a [*a]\n",
            "---\n" * 200_000, "a: !x y\n" * 100_000, "%TAG ! tag:x,2000:\n---\na: !b c\n",
            "a: &a b\n" * 100_000)):
        found = refused(tmp_path / str(number), {"rules/TR-1.yaml": text})
        assert len(found) <= MAX_PROBLEMS
        assert all(problem.line is not None for problem in found)


def test_large_files_are_refused(tmp_path: Path) -> None:
    for number, text in enumerate((b"a: " + b"x" * MAX_BYTES, b"[" + b"a," * 200_000 + b"]")):
        (problem,) = refused(tmp_path / str(number), {"rules/TR-1.yaml": text})
        assert problem.kind == "too_large"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the platform has no pipes")
def test_a_ruleset_reads_its_own_regular_files_only(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: hunter2\n")
    folder = write_ruleset(tmp_path / "trial", {})
    (folder / "rules").mkdir()
    (folder / "rules" / "TR-1.yaml").symlink_to(secret)
    os.mkfifo(folder / "rules" / "TR-2.yaml")
    (folder / "rules" / "TR-3.yaml").symlink_to("/dev/zero")
    (folder / "rules" / "TR-4.yaml").mkdir()
    with pytest.raises(CzcaError) as raised, soon():
        load_ruleset(str(folder))
    assert str(raised.value).count("a regular file") == 4
    assert "hunter2" not in str(raised.value)
    assert read_yaml(tmp_path / "none.yaml", "none.yaml")[1][0].kind == "unreadable"


@pytest.mark.parametrize("name", ["../secret", "/etc", "..", ".", "trial/../../x", "~", "a b", "A"])
def test_includes_name_rulesets_and_no_paths(tmp_path: Path, name: str) -> None:
    write_ruleset(tmp_path / "secret", {})
    (problem,) = refused(tmp_path, {"ruleset.yaml": HEAD + f"includes: ['{name}']\n"})
    assert (problem.file, problem.line, problem.column) == ("trial/ruleset.yaml", 6, 12)


def test_includes_cannot_go_round_in_circles(tmp_path: Path) -> None:
    head = HEAD.replace("id: trial", "id: {}")
    write_ruleset(tmp_path / "one", {"ruleset.yaml": head.format("one") + "includes: [two]\n"})
    write_ruleset(tmp_path / "two", {"ruleset.yaml": head.format("other") + "includes: [two]\n"})
    for number in range(30):
        write_ruleset(tmp_path / f"n{number}", {"ruleset.yaml": head.format(f"n{number}")
                                                + f"includes: [n{number + 1}]\n"})
    for name in ("one", "n0"):
        with pytest.raises(CzcaError), soon():
            load_ruleset(str(tmp_path / name))
