"""A report read back from its JSON, strictly: it has to be what this version writes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from czca_rules.errors import LimitReached, ReportError
from czca_rules.report.model import ReportModel

FORMAT = "czca-report/1"
#: Largest report that is read back.
MAX_BYTES = 2**30
SHOWN_ERRORS = 5


@dataclass(frozen=True)
class Recorded:
    """A report as it was written down: what it is called, what it says, and its bytes."""

    name: str
    report: ReportModel
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


def read_report(path: Path) -> Recorded:
    """The report in a file; raises ``ReportError`` for anything else."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise LimitReached(f"{path.name} has {size} bytes; at most {MAX_BYTES} are read as a "
                           "report.")
    content = path.read_bytes()
    return Recorded(path.name, report_from(content, path.name), content)


def report_from(content: bytes, name: str) -> ReportModel:
    """The report that some bytes hold; ``name`` is what messages call them."""
    document = _document(content, name)
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise ReportError(f"{name} has {'no format' if found is None else f'the format `{found}`'};"
                          f" expected `{FORMAT}`, as `czca check SUBMISSION -o report.json` writes "
                          "it.")
    try:
        return ReportModel.model_validate(document)
    except ValidationError as error:
        raise ReportError(_faults(error, name)) from None


def _document(content: bytes, name: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_each_key_once,
                          parse_float=_no_number, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8"
    except json.JSONDecodeError as error:
        reason = f"{error.msg}, line {error.lineno}, column {error.colno}"
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        reason = str(error)
    raise ReportError(f"{name} is no JSON report: {reason}. Write one with `czca check SUBMISSION "
                      "-o report.json`.")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key `{twice}` stands twice in one place")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"it has the number {text}, and a report writes decimals as text")


def _faults(error: ValidationError, name: str) -> str:
    faults = error.errors(include_url=False, include_input=False)
    said = []
    for fault in faults[:SHOWN_ERRORS]:
        place = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        said.append(f"{place}: {message}" if place else message)
    more = f"; … ({len(faults)} in total)" if len(faults) > SHOWN_ERRORS else ""
    return (f"{name} is not a report as czca writes it: {'; '.join(said)}{more}. It was edited, or "
            "another version wrote it.")
