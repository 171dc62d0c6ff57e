"""``python -m benchmarks.period``: a month of 60 borders and a year of one border, as any day.

Writes the submissions, then checks each in a process of its own, as `czca check -o json -o html`
does, and prints what each step took beside the cost of reading all columns once. ``--scale 0.1``
takes a tenth of the days, ``--every`` also writes every finding.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.measuring import Lap, peak_mib, timed
from benchmarks.period_data import MONTH, YEAR, Format, Shape, write_period
from czca_rules import check
from czca_rules.tables.engine import quoted

DATA = Path(__file__).parent / "data"
PERIODS: dict[str, tuple[Shape, Format]] = {
    "month": (MONTH, "parquet"), "year": (YEAR, "parquet"), "year-csv": (YEAR, "csv.gz")}


class Laps:
    """Time by step, taken where a check tells of its progress."""

    def __init__(self) -> None:
        self.laps: dict[str, Lap] = {}
        self.peaks: dict[str, int] = {}
        self.step = ""
        self._since = time.perf_counter(), time.process_time()

    def __call__(self, step: str, done: int = 0, total: int = 0, unit: str = "") -> None:
        if step != self.step:
            self.end()
            self.step = step

    def end(self) -> None:
        """End the step that runs."""
        now = time.perf_counter(), time.process_time()
        if self.step:
            before = self.laps.get(self.step, Lap(0, 0))
            self.laps[self.step] = Lap(before.wall_s + now[0] - self._since[0],
                                       before.processor_s + now[1] - self._since[1])
            self.peaks[self.step] = peak_mib()
        self._since = now


def scaled(shape: Shape, scale: float) -> Shape:
    """A shape with so much of its days, and of its faults."""
    days = max(1, round(((shape.last - shape.first).days + 1) * scale))
    return replace(shape, last=shape.first + timedelta(days=days - 1),
                   faults=max(2, round(shape.faults * scale)))


def read_all(folder: Path) -> None:
    """Look at every value of every file once."""
    with duckdb.connect() as connection:
        kept = "CREATE OR REPLACE TABLE found AS"
        connection.execute("SET memory_limit = '1GB'")
        for path in sorted(folder.glob("*.parquet")):
            connection.execute(f"{kept} SELECT max(hash(COLUMNS(*))) FROM {quoted(str(path))}")
        for path in sorted(folder.glob("*.csv.gz")):
            connection.execute(f"{kept} SELECT max(hash(COLUMNS(*))) FROM read_csv("
                               f"{quoted(str(path))}, all_varchar = true)")


def measure(folder: Path, every: bool, memory: str) -> None:
    """Check one period in this process and print its laps, its peak and its verdict."""
    reading = timed(lambda: read_all(folder))[0]
    laps = Laps()
    with TemporaryDirectory() as place:
        report = check(folder, every_finding=place if every else None, memory_limit=memory,
                       progress=laps)
        for suffix in ("json", "html"):
            laps(f"Writing {suffix}")
            report.save(Path(place) / f"report.{suffix}")
            laps.end()
            laps.step = ""
            size = (Path(place) / f"report.{suffix}").stat().st_size
            print(f"  report.{suffix} has {size / 1e6:.1f} MB")
    print(f"  {'':<28}{'clock':>10}{'processor':>11}{'to reading':>12}{'peak':>11}")
    for step, lap in {"Reading all columns once": reading, **laps.laps}.items():
        print(f"  {step:<28}{lap.wall_s:>8.1f} s{lap.processor_s:>9.1f} s"
              f"{lap.processor_s / reading.processor_s:>10.1f} x"
              f"{laps.peaks.get(step, 0):>7} MiB")
    total = sum(lap.processor_s for lap in laps.laps.values())
    print(f"  {'all of it':<28}{sum(lap.wall_s for lap in laps.laps.values()):>8.1f} s"
          f"{total:>9.1f} s{total / reading.processor_s:>10.1f} x{peak_mib():>7} MiB")
    failed = sum(outcome.judged.failed for outcome in report.outcomes)
    print(f"  {report.verdict}: {failed:,} failed rows under {report.model.counts.failed} rules, "
          f"{sum(outcome.findings_total for outcome in report.outcomes):,} findings of all kinds")


def main() -> None:
    """Write and measure the periods that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.period", description=__doc__)
    parser.add_argument("periods", nargs="*", metavar="PERIOD", help=", ".join(PERIODS))
    parser.add_argument("--scale", type=float, default=1.0, help="part of the days")
    parser.add_argument("--folder", type=Path, default=DATA, help="where submissions are kept")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--memory", default="1GB", help="memory limit of the engine")
    parser.add_argument("--every", action="store_true", help="write every finding too")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given.every, given.memory)
        return
    for name in given.periods or PERIODS:
        shape, form = PERIODS[name]
        shape = scaled(shape, given.scale)
        folder = given.folder / (name if given.scale == 1 else f"{name}-{given.scale}")
        folder.parent.mkdir(parents=True, exist_ok=True)
        rows = write_period(folder, shape, given.seed, form)
        print(f"{name}: {shape.methodology}, {shape.borders} borders, {shape.first} to "
              f"{shape.last}, {rows:,} rows as {form}, memory limit {given.memory}", flush=True)
        subprocess.run([sys.executable, "-m", "benchmarks.period", "--measure", str(folder),
                        "--memory", given.memory, *(["--every"] if given.every else [])],
                       check=True)


if __name__ == "__main__":
    main()
