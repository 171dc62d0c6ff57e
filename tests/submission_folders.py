"""Small submission folders for tests: a manifest of two zones and tables written as given."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from czca_rules.errors import Problem
from czca_rules.market_time.mtu import MtuSchedule
from czca_rules.market_time.spans import format_local
from czca_rules.tables.engine import Engine
from czca_rules.tables.submission import Submission, load_submission

DAY = date(2026, 3, 11)
DIRECTIONS = (("GR", "IT"), ("IT", "GR"))


def manifest(first: date = DAY, last: date | None = None, mtu: str = "15") -> str:
    """A manifest of one border, one product and the delivery days asked for."""
    return f"""\
format: czca-submission/1
id: test
sender: {{id: TSO-GR}}
as_of: 2026-03-10T09:40:00+01:00
stages: [allocation]
methodology: greece-italy-mb
approach: market_based
delivery: {{from: {first}, to: {last or first}}}
mtu_minutes: {mtu}
tsos: [{{id: TSO-GR}}, {{id: TSO-IT}}]
zones: [{{id: GR, tsos: [TSO-GR], lfc_block: GR}}, {{id: IT, tsos: [TSO-IT], lfc_block: IT}}]
borders:
  - id: GR/IT
    zones: [GR, IT]
    interconnectors:
      - {{id: LINK, technology: dc, installed_mw: {{GR>IT: 500, IT>GR: 400.5}}}}
products: [{{product: aFRR, direction: up}}]
relies_on: [{{exemption: dc_border, border: GR/IT}}]
"""


def write(folder: Path, tables: Mapping[str, str | bytes], text: str | None = None) -> Path:
    """Write a submission folder; names are file names, ``.gz`` content is packed here."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "submission.yaml").write_text(text or manifest())
    for name, content in tables.items():
        data = content.encode() if isinstance(content, str) else content
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if name.endswith(".csv.gz") else data)
    return folder


def starts(day: date = DAY, minutes: int = 15) -> list[str]:
    """Local starts of every market time unit of a day, with their offset."""
    return [format_local(slot.start) for slot in MtuSchedule.constant(minutes).grid(day)]


def allocations(day: date = DAY, minutes: int = 15, directions: Iterable[tuple[str, str]] =
                DIRECTIONS) -> str:
    """A complete table of allocations: 1 MW in the first unit, 2 MW in the second, and so on."""
    return "from_zone,to_zone,product,direction,mtu_start,allocated_mw\n" + "".join(
        f"{one},{other},aFRR,up,{start},{number}\n" for one, other in directions
        for number, start in enumerate(starts(day, minutes), 1))


def parquet(path: Path, select: str) -> None:
    """Write the result of an SQL query as a Parquet file."""
    with Engine() as engine:
        inside = engine.folder / "out.parquet"
        engine.execute(f"COPY ({select}) TO '{inside}' (FORMAT parquet)")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(inside.read_bytes())


def places(found: Submission | Iterable[Problem]) -> list[tuple[str, int | None, object, str]]:
    """File, line, column and kind of each problem."""
    problems = found.problems if isinstance(found, Submission) else found
    return [(item.file, item.line, item.column, item.kind) for item in problems]


def loader() -> Iterator[Any]:
    """For a fixture: `load_submission` that closes what it opened."""
    opened: list[Submission] = []

    def open_one(*args: Any, **options: Any) -> Submission:
        opened.append(load_submission(*args, **options))
        return opened[-1]

    yield open_one
    for item in opened:
        item.close()


def rows(submission: Submission, table: str, columns: str = "*", rest: str = "") -> list[Any]:
    """Rows of a table of a submission."""
    return submission.engine.query(f"SELECT {columns} FROM t_{table} {rest}")
