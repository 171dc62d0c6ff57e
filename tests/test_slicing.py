"""Counting in slices of time changes nothing but the use of memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from czca_rules.api import check
from czca_rules.check import judging, slicing

ROOT = Path(__file__).parent.parent / "fixtures" / "submissions"


@pytest.mark.parametrize("name", ["demo", "clock-change"])
def test_many_slices_give_the_same_report(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = next(path.parent for path in sorted((ROOT / name).rglob("submission.yaml")))
    contexts = [path for path in (folder.parent / "context", ROOT / "greece-italy" / "context")
                if name != "demo" and path.is_dir()][:1]
    whole = check(folder, with_folders=contexts).to_json()
    made: list[int] = []

    def counted(statement: object, submission: object) -> list[str]:
        parts = slicing.slices(statement, submission)  # type: ignore[arg-type]
        made.append(len(parts))
        return parts

    monkeypatch.setattr(slicing, "SLICE_JOINS", 40)
    monkeypatch.setattr(slicing, "SMALL", 0)
    monkeypatch.setattr(judging, "slices", counted)
    assert check(folder, with_folders=contexts).to_json() == whole
    assert max(made) > 3
