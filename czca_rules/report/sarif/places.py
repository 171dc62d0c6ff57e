"""Places in a SARIF file: relative addresses of files, and always a line."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from czca_rules.report.model import OutcomePart, ReportModel, Source

MANIFEST = "submission.yaml"
BASE = "SUBMISSION"
_CONTEXT = re.compile(r"with(\d+)/(.*)", re.DOTALL)


def artifacts(report: ReportModel) -> list[dict[str, Any]]:
    """The files that were read, each with its hash."""
    return [{"location": _location(file.path), "roles": ["analysisTarget"],
             "hashes": {"sha-256": file.sha256}} for file in report.submission.files]


def place_of(report: ReportModel, rule: OutcomePart | None, source: Source | None
             ) -> dict[str, Any]:
    """The place of a source; where there is none, line 1 of the rule's table or of the manifest."""
    if source is None:
        return _place(_table_of(report, rule), 1)
    return _place(source.file, source.line or 1)


def _place(file: str, line: int) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _location(file), "region": {
        "startLine": line, "startColumn": 1, "endLine": line}}}


def _location(path: str) -> dict[str, str]:
    return {"uri": uri_of(path), "uriBaseId": BASE}


def rooted(log: Any, folders: Sequence[str]) -> Any:
    """A log whose files are named from where the command ran, as code scanning looks them up.

    ``folders`` are the submission's and its context folders'; files of one that is not below
    (``""``) keep their name and its base.
    """
    if isinstance(log, list):
        return [rooted(item, folders) for item in log]
    if not isinstance(log, dict):
        return log
    if log.get("uriBaseId") != BASE:
        return {name: rooted(item, folders) for name, item in log.items()}
    context = _CONTEXT.fullmatch(log["uri"])
    number, name = (int(context.group(1)), context.group(2)) if context else (0, log["uri"])
    folder = folders[number] if number < len(folders) else ""
    return {"uri": f"{uri_of(folder)}/{name}" if folder != "." else name} if folder else log


def folder_from_here(place: Path) -> str:
    """The folder of a submission from the current one, ``.`` for this; empty if not below it."""
    folder = place if place.is_dir() else place.parent
    try:
        name = Path(os.path.relpath(folder)).as_posix()
    except ValueError:  # on another drive
        return ""
    return "" if name.startswith("..") or Path(name).is_absolute() else name


def uri_of(path: str) -> str:
    """A path as a relative address: percent-encoded, of no other host and no other scheme.

    >>> uri_of("with1/Übersicht 1.csv"), uri_of("javascript:x"), uri_of("//host/x")
    ('with1/%C3%9Cbersicht%201.csv', 'javascript%3Ax', 'host/x')
    """
    try:
        # Names that are no UTF-8 reach Python as surrogates; these are their bytes.
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        name = path.encode("utf-8", "surrogatepass")
    return quote(name, safe="/").lstrip("/") or MANIFEST


def _table_of(report: ReportModel, rule: OutcomePart | None) -> str:
    names = [file.path for file in report.submission.files]
    wanted = rule.on if rule is not None else ""
    found = (name for name in names if wanted in (PurePosixPath(name).name.split(".")[0],
                                                  PurePosixPath(name).parent.name))
    return next(found, MANIFEST) if wanted else MANIFEST
