"""``python -m benchmarks``: make the data, run all contenders, print ratios. Nothing is asserted
about time; that all contenders agree is."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks import startup
from benchmarks.generator import write_submission
from benchmarks.measuring import Lap, compare, memory_of

DATA = Path(__file__).parent / "data"
NAMES = {"fused": "(a) the engine: fused statements and findings",
         "by_hand": "(b) hand-written fused SQL",
         "rule_by_rule": "(c) one rule at a time, same calendar",
         "reading": "(d) reading the same columns"}


def arguments() -> argparse.Namespace:
    """What the user asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the submission")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--memory", default="1GB", help="memory limit of the engine")
    parser.add_argument("--clean", action="store_true", help="remove the data afterwards")
    parser.add_argument("--peak-of", help=argparse.SUPPRESS)
    return parser.parse_args()


def line(label: str, lap: Lap, floor: Lap) -> str:
    """One row of the table."""
    return (f"{label:<48}{lap.wall_s:>8.2f} s{lap.processor_s:>9.2f} s"
            f"{lap.wall_s / floor.wall_s:>8.1f} x{lap.processor_s / floor.processor_s:>8.1f} x")


def print_startup() -> None:
    """Cold starts, where the command and its demo are there."""
    bare = startup.bare_seconds()
    print(f"\ncold starts (bare Python {bare:.3f} s)")
    for label, given, goal in (
            ("czca --help", ["--help"], 0.3),
            ("czca check, one day", ["check", str(startup.DAY)], 1.0)):
        if given[-1] == str(startup.DAY) and not startup.DAY.is_dir():
            print(f"  {label}: no {startup.DAY}")
            continue
        taken = startup.seconds_of(given)
        print(f"  {label}: " + ("could not run" if taken is None else
                                f"{taken:.2f} s (goal {goal} s)"))


def main() -> None:
    """Run everything and print it."""
    given = arguments()
    if given.peak_of:
        print(*memory_of(Path(given.peak_of), given.memory))
        return
    folder = DATA / str(given.rows)
    size = write_submission(folder / "submission", given.rows, given.seed)
    print(f"{size.rows:,} rows, {size.borders} borders, {size.days} days, "
          f"memory limit {given.memory}, {given.rounds} rounds")
    result = compare(folder / "submission", given.rounds, given.memory)
    laps = result["laps"]
    print(f"\n{'':<48}{'clock':>10}{'processor':>11}{'of (d)':>10}{'of (d)':>10}")
    for name, label in {"intake": "intake, apart", **NAMES}.items():
        print(line(label, result["intake"] if name == "intake" else laps[name], laps["reading"]))
    own, hand, alone = laps["fused"], laps["by_hand"], laps["rule_by_rule"]
    print(f"\n(a)/(b) {own.wall_s / hand.wall_s:.2f} by the clock, "
          f"{own.processor_s / hand.processor_s:.2f} of processors (goal 1.3 at most)")
    print(f"(c)/(a) {alone.wall_s / own.wall_s:.2f} by the clock, "
          f"{alone.processor_s / own.processor_s:.2f} of processors (goal 2 at least)")
    peak = subprocess.run([sys.executable, "-m", "benchmarks", "--memory", given.memory,
                           "--peak-of", str(folder / "submission")], capture_output=True,
                          text=True, check=True).stdout.split()
    print(f"peak memory {peak[0]} MiB after intake, {peak[1]} MiB after judging "
          "(goal 1536 MiB at most)")
    print("\nrows by outcome, the same in (a), (b) and (c):")
    for rule, counts in result["counts"].items():
        print(f"  {rule:<6}" + ", ".join(f"{word} {count:,}" for word, count in counts.items()
                                         if count))
    print_startup()
    if given.clean:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
