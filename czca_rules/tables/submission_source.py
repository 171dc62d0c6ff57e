"""Where a submission comes from: folders and workbooks, sorted into parts of tables."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from czca_rules.errors import Problem, SubmissionError
from czca_rules.tables.fingerprints import Fingerprint, RefusedFile, hashed
from czca_rules.tables.folder import FolderContent, find_parts
from czca_rules.tables.manifest import (
    MANIFEST_NAME,
    Manifest,
    read_manifest,
    read_manifest_text,
)
from czca_rules.tables.problem_log import ProblemLog
from czca_rules.tables.specification import TABLES
from czca_rules.tables.workbook import (
    MANIFEST_SHEET,
    Workbook,
    find_sheets,
    is_workbook,
    manifest_lines,
)


@dataclass
class Source:
    """The folder or workbook of a submission with those of its context.

    ``workbooks`` are open until ``opened`` is closed.
    """

    path: Path
    opened: ExitStack
    content: FolderContent = field(default_factory=FolderContent)
    workbooks: list[Workbook] = field(default_factory=list)

    def find(self, others: Sequence[Path], log: ProblemLog) -> None:
        """Sort what lies in all of them; what does not belong there is a problem."""
        self._find(self.path, "", log)
        for number, other in enumerate(others, 1):
            self._find(Path(other), f"with{number}/", log)

    def _find(self, path: Path, prefix: str, log: ProblemLog) -> None:
        if not is_workbook(path):
            find_parts(path, prefix, TABLES, log, self.content)
            return
        workbook = self.opened.enter_context(Workbook(path, prefix))
        self.workbooks.append(workbook)
        find_sheets(workbook, TABLES, log, self.content)

    @property
    def workbook(self) -> Workbook | None:
        """The workbook that is the submission itself, if it is one."""
        return next((book for book in self.workbooks if not book.context), None)

    def manifest(self) -> tuple[Manifest, Fingerprint]:
        """The manifest and the file that it came from; raises `SubmissionError` without one."""
        own = self.workbook
        if own is None:
            return _manifest_in(self.path.absolute())
        place = own.place(MANIFEST_SHEET)
        text, problems = manifest_lines(own)
        if problems:
            raise SubmissionError(problems)
        manifest, found = read_manifest_text(text, place)
        if manifest is None:
            raise SubmissionError(found)
        return manifest, own.fingerprint_of(place)


def _manifest_in(folder: Path) -> tuple[Manifest, Fingerprint]:
    path = folder / MANIFEST_NAME
    if not path.exists() and not path.is_symlink():
        raise SubmissionError([Problem(MANIFEST_NAME, None, None, "missing_file", "no such file",
                                       "a manifest in the folder", "`czca init` makes one.")])
    try:
        source = hashed(path, MANIFEST_NAME)
    except RefusedFile as error:
        raise SubmissionError([Problem(
            MANIFEST_NAME, None, None, "not_a_file", "a link" if path.is_symlink() else str(error),
            "a regular file inside the folder", "Put the file itself there.")]) from None
    manifest, problems = read_manifest(path, MANIFEST_NAME)
    if manifest is None:
        raise SubmissionError(problems)
    return manifest, source
