"""Every finding as one line of JSON, in a file beside the report that carries its own hash."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from czca_rules.check.finding import Finding
from czca_rules.report.assembly import finding_part
from czca_rules.report.printable import json_printable

#: Digits of the hash that stand in the file's name.
NAME_DIGITS = 12


def write_finding_lines(report: Path, findings: Iterable[Finding]) -> Path:
    """Write findings beside a report and return the file, ``report.findings-<hash>.jsonl``.

    One canonical object per line, keys sorted, with the rule it belongs to. The file appears under
    its name only when it is complete.
    """
    report.parent.mkdir(parents=True, exist_ok=True)
    draft = report.with_name(f".{report.name}.{secrets.token_hex(6)}.tmp")
    digest = hashlib.sha256()
    try:
        with open(draft, "xb") as file:
            for finding in findings:
                line = finding_line(finding)
                digest.update(line)
                file.write(line)
            file.flush()
            os.fsync(file.fileno())
        target = report.with_name(f"{report.stem}.findings-{digest.hexdigest()[:NAME_DIGITS]}"
                                  ".jsonl")
        os.replace(draft, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        raise
    return target


def finding_line(finding: Finding) -> bytes:
    """One finding as a line of canonical JSON."""
    content = finding_part(finding).model_dump(mode="python", by_alias=True)
    document = json.dumps({"rule": finding.rule, **content}, sort_keys=True, ensure_ascii=False,
                          separators=(",", ":"), allow_nan=False)
    return (json_printable(document) + "\n").encode("utf-8")
