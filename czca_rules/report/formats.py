"""The formats that a report is written in, each known by the end of its file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from czca_rules.errors import UsageError
from czca_rules.report.model import ReportModel


def _json(report: ReportModel) -> bytes:
    from czca_rules.report.canonical import canonical_bytes

    return canonical_bytes(report)


def _html(report: ReportModel) -> bytes:
    from czca_rules.report.page import render_page

    return render_page(report).encode("utf-8")


def _sarif(report: ReportModel) -> bytes:
    from czca_rules.report.sarif import sarif

    return sarif(report)


def _junit(report: ReportModel) -> bytes:
    from czca_rules.report.junit import junit

    return junit(report)


def _xlsx(report: ReportModel) -> bytes:
    from czca_rules.report.workbook import workbook

    return workbook(report)


def _csv(report: ReportModel) -> bytes:
    from czca_rules.report.findings_csv import findings_csv

    return findings_csv(report)


#: What writes each format. A writer brings what it needs when it is used.
WRITERS: Mapping[str, Callable[[ReportModel], bytes]] = MappingProxyType({
    ".json": _json, ".html": _html, ".sarif": _sarif, ".junit.xml": _junit, ".xlsx": _xlsx,
    ".csv": _csv})


def format_of(path: Path) -> str:
    """The format that a file's name asks for; ``UsageError`` where it asks for none.

    >>> format_of(Path("out/report.junit.xml"))
    '.junit.xml'
    """
    name = path.name.lower()
    for suffix in WRITERS:
        if name.endswith(suffix) and len(name) > len(suffix):
            if suffix == ".xlsx":
                from czca_rules.report.workbook import refuse_without_library

                refuse_without_library()
            return suffix
    if name.endswith(".xml"):
        raise UsageError(f"{path.name}: JUnit XML goes to a file that ends in .junit.xml; write "
                         f"{path.stem}.junit.xml.")
    endings = ", ".join(WRITERS)
    raise UsageError(f"{path.name}: its suffix names no format; a report ends in one of {endings}.")
