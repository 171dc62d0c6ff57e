"""The row that a line of a submission stands behind, found and explained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from czca_rules.check.explanation import Explanation
from czca_rules.check.judging import Judging, Options
from czca_rules.errors import UsageError
from czca_rules.report.masking import Masking
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.tables.submission import load_submission

MANIFEST = "submission.yaml"


def explained_row(rule: str, ruleset: str | None, day: date | None, place: str,
                  submission: Path | None, folders: Sequence[Path], number: int,
                  confidential: bool) -> str:
    """Every value behind the judged row of a rule that a FILE:LINE stands behind."""
    file, line = split_place(place)
    folder = submission or submission_of(file)
    shown = shown_path(file, folder, folders)
    with load_submission(folder, folders) as loaded:
        law = load_ruleset(ruleset or loaded.manifest.methodology)
        found = law.rule(rule)
        judging = Judging(loaded, law, Options(law_date=day))
        explanation = Explanation(judging, found, None if confidential else Masking(loaded))
        return explanation.text(explanation.at(shown, line, number))


def split_place(place: str) -> tuple[Path, int]:
    """The file and the line of FILE:LINE; a drive letter's colon belongs to the file."""
    name, _, line = place.rpartition(":")
    if not name or not line.isdecimal() or len(line) > 12 or int(line) < 1:
        raise UsageError(f"--on {place}: write FILE:LINE, as in "
                         "submissions/gr-it/allocations.csv:3.")
    return Path(name), int(line)


def submission_of(file: Path) -> Path:
    """The workbook of a sheet, else the nearest folder above a file that holds a manifest."""
    book = workbook_of(file)
    if book is not None:
        return book
    for folder in file.absolute().parents:
        if (folder / MANIFEST).is_file():
            return folder
    raise UsageError(f"{file.as_posix()} lies in no submission: no folder above it has a "
                     f"{MANIFEST}. Name the submission with --submission.")


def workbook_of(file: Path) -> Path | None:
    """The workbook of WORKBOOK.xlsx#SHEET, if it is there."""
    name, mark, _ = file.name.rpartition("#")
    book = file.with_name(name) if mark and name.lower().endswith(".xlsx") else None
    return book if book is not None and book.is_file() else None


def shown_path(file: Path, folder: Path, folders: Sequence[Path]) -> str:
    """A file's name as the submission lists it, context folders prefixed ``with1/`` ..."""
    book = workbook_of(file)
    if not file.is_file() and book is None:
        raise UsageError(f"The file {file.as_posix()} does not exist.")
    target = (book or file).resolve()
    for prefix, root in (("", folder), *((f"with{n}/", root) for n, root in
                                         enumerate(folders, 1))):
        if target == root.resolve():
            if book is None:
                raise UsageError(f"--on {file.as_posix()}: name its sheet too, as in "
                                 f"{file.name}#allocations:3.")
            return prefix + file.name
        if target.is_relative_to(root.resolve()):
            return prefix + target.relative_to(root.resolve()).as_posix()
    raise UsageError(f"{file.as_posix()} lies outside the submission {folder.as_posix()}.")
