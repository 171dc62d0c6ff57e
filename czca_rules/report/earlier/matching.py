"""Which findings of two reports are about the same row.

A row is known by its rule and its key, never by its line: whoever sorts a file anew has the same
rows. Confidential key columns are masked by a key of each submission, so their digits tell rows
apart within one report only; between submissions the rest of the key counts, and rows that share
it are so many alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from czca_rules.report.model import FindingPart, InputFile, ReportModel
from czca_rules.report.printable import MASK_DIGITS
from czca_rules.tables.specification import TABLES

Identity = Callable[[FindingPart], Hashable]

_SECRET_TABLES = frozenset(name for name, spec in TABLES.items()
                           if any(column.confidential for column in spec.columns))
_SECRET_COLUMNS = frozenset(column.name for spec in TABLES.values() for column in spec.columns
                            if column.confidential)
_CONTEXT = re.compile(r"^(with\d+|frames)/")
_MASK = re.compile(rf"[0-9a-f]{{{MASK_DIGITS}}}")
_NUMBERS = ("observed", "required", "required_max")


def whole_key(finding: FindingPart) -> Hashable:
    """Every column of a row's key."""
    return tuple(sorted(finding.key.items()))


def lasting_key(finding: FindingPart) -> Hashable:
    """The columns of a row's key that another submission writes the same."""
    return tuple(sorted((name, value) for name, value in finding.key.items()
                        if name not in _SECRET_COLUMNS))


def secret_columns(finding: FindingPart) -> tuple[str, ...]:
    """The columns of a row's key that are confidential."""
    return tuple(sorted(_SECRET_COLUMNS & finding.key.keys()))


def masks_last(old: ReportModel, new: ReportModel) -> bool:
    """Whether a confidential value is written the same in both reports.

    It is where both show it, and where both mask the same confidential files.
    """
    if old.scope.confidential or new.scope.confidential:
        return old.scope.confidential and new.scope.confidential
    return _secret_files(old.submission.files) == _secret_files(new.submission.files)


def _secret_files(files: Iterable[InputFile]) -> dict[str, str]:
    """Files that may hold confidential values: all but those of tables that have none."""
    return {file.path: file.sha256 for file in files if _table(file.path) in _SECRET_TABLES
            or (_table(file.path) not in TABLES and file.path != "submission.yaml")}


def _table(path: str) -> str:
    """The table that a file holds, or the sheet of a workbook."""
    if "#" in path:
        return path.rpartition("#")[2]
    return re.split(r"[./]", _CONTEXT.sub("", path), maxsplit=1)[0]


def identities(old: ReportModel, new: ReportModel) -> tuple[Identity, ...]:
    """What makes two findings one row, the surest first."""
    return (whole_key,) if masks_last(old, new) else (whole_key, lasting_key)


class Numbers:
    """What a finding says of its row, less what is masked where masks do not last.

    A report does not say which of its numbers are masked. Eight hexadecimal digits are taken for a
    mask where some value in the same place of the same rule has a letter among them; where one of
    two reports shows what the other masks, nothing in that place can be compared.
    """

    def __init__(self, old: ReportModel, new: ReportModel,
                 findings: Sequence[FindingPart]) -> None:
        self.masked = frozenset[str]() if masks_last(old, new) else frozenset(
            name for name in _NUMBERS for finding in findings
            if _is_mask(value := getattr(finding, name)) and not value.isdecimal())
        self.one_shows = old.scope.confidential != new.scope.confidential

    def __call__(self, finding: FindingPart) -> Hashable:
        return (finding.outcome, finding.noted, finding.exemption, finding.missing,
                *(self._seen(name, getattr(finding, name)) for name in _NUMBERS),
                finding.relation, finding.tolerance, finding.unit, finding.effect_eur)

    def _seen(self, name: str, value: str | None) -> str | None:
        hidden = name in self.masked and (self.one_shows or _is_mask(value))
        return "masked" if hidden else value


def _is_mask(value: str | None) -> bool:
    return value is not None and _MASK.fullmatch(value) is not None


@dataclass
class Matched:
    """Findings of two reports side by side, and those that stand in one only, in their order."""

    pairs: list[tuple[FindingPart, FindingPart]] = field(default_factory=list)
    old: list[FindingPart] = field(default_factory=list)
    new: list[FindingPart] = field(default_factory=list)


def matched(old: Sequence[FindingPart], new: Sequence[FindingPart],
            passes: Iterable[Identity]) -> Matched:
    """Pair findings that agree in what a pass looks at; what is left goes to the next pass."""
    result = Matched([], list(old), list(new))
    for identity in passes:
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for number in range(len(result.new) - 1, -1, -1):
            waiting[identity(result.new[number])].append(number)
        left, taken = [], set()
        for finding in result.old:
            numbers = waiting.get(identity(finding))
            if numbers:
                number = numbers.pop()
                taken.add(number)
                result.pairs.append((finding, result.new[number]))
            else:
                left.append(finding)
        result.old = left
        result.new = [one for number, one in enumerate(result.new) if number not in taken]
    return result
