"""``python -m benchmarks.events``: judge a few million events against their windows.

A seeded cooperation of many TSOs hands in its events of many market days as Parquet; all rules
with a deadline or an order of events of the auction are judged in one run. Its time is compared
with that of reading the same columns once, in interleaved rounds.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.measuring import Lap, peak_mib, timed
from czca_rules.check.evidence import Evidence
from czca_rules.check.judging import Judging, Options, RuleOutcome
from czca_rules.rulebook.loading import load_ruleset
from czca_rules.rulebook.ruleset import Ruleset
from czca_rules.tables.submission import Submission, load_submission

DATA = Path(__file__).parent / "data"
RULESET = "greece-italy-mb"
FIRST_DAY = date(2020, 1, 1)
STAGES = ("allocation", "procurement", "publication")
COUNTRIES = ("AT", "BE", "CZ", "DE", "ES", "FR", "GR", "IT", "NL", "PL")
#: One event in so many comes too late, and one in as many is missing.
RARITY = 2_000

#: Gates and what has to come with another event happen on the minute, all else at some second.
ON_THE_MINUTE = ("forecast_gate_closed", "bid_gate_closed")

#: Events of each TSO on a day: name, minute of the day before in UTC, recipients, detail.
OWN = (
    ("bid_gate_opened", 420, "", ""), ("values_forecast", 480, "", ""),
    ("forecast_bids_submitted", 640, "", ""), ("forecast_gate_closed", 660, "", ""),
    ("curves_sent", 665, "", "supply_curves;demand;tolerance_band;local_minima;limits"),
    ("allocation_determined", 700, "", ""), ("allocation_sent", 710, "MCO", ""),
    ("allocation_sent", 717, "BSPs", ""), ("allocation_marked", 718, "", ""),
    ("bids_submitted", 749, "", ""), ("bid_gate_closed", 750, "", ""),
    ("bids_selected", 780, "", ""), ("bsps_notified", 800, "", ""),
    ("brps_notified", 805, "", ""), ("merit_order_established", 810, "", ""),
    ("volumes_and_prices_published", 830, "", "offered_volumes"),
    ("volumes_and_prices_published", 835, "", "offered_prices"),
    ("allocation_published", 840, "", "decision_time;period;volumes"),
    ("allocation_published", 845, "", "market_values"),
    ("released", 900, "", ""), ("use_published", 4320, "", ""),
)
#: Events of the whole market on a day: name and minute of the day before in UTC.
OF_ALL = (("capacity_calculated", 540), ("sdac_gate_opened", 550), ("sdac_gate_closed", 660),
          ("sdac_curves_due", 670), ("sdac_results_notified", 717), ("sidc_gate_opened", 840))

#: What the rules read, for the cost of reading alone.
READING = ("SELECT max(event), max(epoch_us(\"at\")), max(actor), max(market_day), "
           "max(epoch_us(mtu_start)), max(recipients), max(detail) FROM read_parquet('{path}')")


@dataclass(frozen=True)
class Size:
    """How many TSOs tell how many days."""

    tsos: int
    days: int

    @property
    def rows(self) -> int:
        """About the rows of events; a few are missing."""
        return self.days * (self.tsos * len(OWN) + len(OF_ALL))


def size_of(rows: int) -> Size:
    """The size whose rows come nearest: 900 TSOs, or 60 where that would be only few days.

    A submission has at most 1,100 days, so many events take many TSOs.
    """
    tsos = 900 if rows >= 10_000_000 else 60
    return Size(tsos, max(1, round(rows / Size(tsos, 1).rows)))


def manifest_text(size: Size) -> str:
    """`submission.yaml`."""
    last = FIRST_DAY + timedelta(days=size.days - 1)
    names = [f"T{number:03d}" for number in range(size.tsos)]
    return "\n".join([
        "format: czca-submission/1", "id: benchmark", "sender: {id: T000, role: tso}",
        "as_of: 2027-02-01T12:00:00+01:00", f"stages: [{', '.join(STAGES)}]",
        f"methodology: {RULESET}", "approach: inverted_market_based",
        f"delivery: {{from: {FIRST_DAY}, to: {last}}}", "mtu_minutes: 60",
        "tsos:", *(f"  - {{id: {name}, country: {COUNTRIES[number % len(COUNTRIES)]}}}"
                   for number, name in enumerate(names)),
        "zones:", *(f"  - {{id: Z{name}, tsos: [{name}]}}" for name in names),
        "borders:", "  - {id: ZT000/ZT001, zones: [ZT000, ZT001], interconnectors: []}",
        "products: [{product: aFRR, direction: up, contracting_period: P1D}]", ""])


def events_sql(size: Size, seed: int) -> str:
    """The query behind `events.parquet`: by day, then TSO, then time."""
    own = ", ".join(f"({number}, '{name}', {minute}, nullif('{told}', ''), nullif('{part}', ''))"
                    for number, (name, minute, told, part) in enumerate(OWN))
    of_all = ", ".join(f"({number}, '{name}', {minute}, NULL, NULL)"
                       for number, (name, minute) in enumerate(OF_ALL))
    start = f"epoch_us(TIMESTAMP '{FIRST_DAY}')"
    drawn = f"CASE event WHEN 'bid_gate_closed' THEN 2 ELSE hash({seed}, d, t, n) % {RARITY} END"
    return f"""
        SELECT format('{{:012d}}', (d * {size.tsos + 1} + t) * 32 + n) AS event_id, event,
          to_timestamp(({start} // 1000000) + (d - 1) * 86400
            + (minute + CASE WHEN {drawn} = 1 THEN 600 ELSE 0 END) * 60
            - CASE WHEN mine AND event NOT IN {ON_THE_MINUTE} AND recipients IS DISTINCT FROM 'BSPs'
              THEN hash({seed}, n, t, d) % 50000000 / 1000000 ELSE 0 END) AS "at",
          CASE WHEN t > 0 THEN format('T{{:03d}}', t - 1) END AS actor,
          CAST(DATE '{FIRST_DAY}' + CAST(d AS INTEGER) AS DATE) AS market_day,
          CASE WHEN event = 'allocation_published'
               THEN to_timestamp(({start} // 1000000) + d * 86400) END AS mtu_start,
          recipients, detail
        FROM range({size.days}) days(d), range({size.tsos + 1}) tsos(t),
          (SELECT *, true AS mine FROM (VALUES {own}) o(n, event, minute, recipients, detail)
           UNION ALL SELECT *, false FROM (VALUES {of_all}) a(n, event, minute, r, p)) e
        WHERE mine = (t > 0) AND ({drawn} <> 0 OR NOT mine) ORDER BY d, t, n"""


def write_submission(folder: Path, rows: int, seed: int) -> Size:
    """Write a submission of about so many events, unless the folder already holds it."""
    size = size_of(rows)
    mark = folder.parent / "generated"
    wanted = f"{size} seed {seed}\n"
    if mark.exists() and mark.read_text() == wanted:
        return size
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '4GB'")
        connection.execute(f"SET temp_directory = '{folder.parent / 'spill'}'")
        connection.execute(f"COPY ({events_sql(size, seed)}) TO '{folder / 'events.parquet'}' "
                           "(FORMAT parquet, COMPRESSION zstd)")
    (folder / "submission.yaml").write_text(manifest_text(size))
    mark.write_text(wanted)
    return size


def on_events(law: Ruleset) -> tuple[str, ...]:
    """The rules of the auction that say when something has to have happened."""
    return tuple(name for name, rule in law.rules.items()
                 if rule.form.on == "tso_auctions" and rule.form.stage in STAGES)


def judge(submission: Submission, law: Ruleset) -> list[RuleOutcome]:
    """All rules on the moments of the auction, with the first findings of each."""
    judging = Judging(submission, law, Options(select=on_events(law)))
    outcomes = judging.outcomes()
    Evidence(judging, 100, None).findings(outcomes)
    return outcomes


def middle(laps: list[Lap]) -> Lap:
    """The median of clock and of processor time."""
    return Lap(median(lap.wall_s for lap in laps), median(lap.processor_s for lap in laps))


def compare(folder: Path, rounds: int, memory: str) -> tuple[dict[str, Lap], list[RuleOutcome]]:
    """Load once; judge and read in turns."""
    law = load_ruleset(RULESET)
    intake, submission = timed(lambda: load_submission(folder, memory_limit=memory))
    query = READING.format(path=folder.absolute() / "events.parquet")
    judged, read = [], []
    with submission:
        if submission.problems:
            raise AssertionError(f"the events have problems: {submission.problems[0]}")
        for _ in range(rounds):
            read.append(timed(lambda: submission.engine.query(query))[0])
            lap, outcomes = timed(lambda: judge(submission, law))
            judged.append(lap)
    return {"intake": intake, "judged": middle(judged), "read": middle(read)}, outcomes


def arguments() -> argparse.Namespace:
    """What the user asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000, help="rows of events")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--memory", default="1GB", help="memory limit of the engine")
    parser.add_argument("--clean", action="store_true", help="remove the data afterwards")
    parser.add_argument("--peak-of", help=argparse.SUPPRESS)
    return parser.parse_args()


def print_peak(folder: Path, memory: str) -> None:
    """Peak memory of this process, which does nothing but load and judge."""
    with load_submission(folder, memory_limit=memory) as submission:
        loaded = peak_mib()
        judge(submission, load_ruleset(RULESET))
    print(loaded, peak_mib())


def main() -> None:
    """Run everything and print it."""
    given = arguments()
    if given.peak_of:
        print_peak(Path(given.peak_of), given.memory)
        return
    folder = DATA / f"events-{given.rows}"
    size = write_submission(folder / "submission", given.rows, given.seed)
    print(f"about {size.rows:,} events, {size.tsos} TSOs, {size.days} days, "
          f"memory limit {given.memory}, {given.rounds} rounds")
    laps, outcomes = compare(folder / "submission", given.rounds, given.memory)
    for name, lap in laps.items():
        print(f"{name:<8}{lap.wall_s:>8.2f} s{lap.processor_s:>9.2f} s"
              f"{lap.wall_s / laps['read'].wall_s:>8.1f} x"
              f"{lap.processor_s / laps['read'].processor_s:>8.1f} x")
    peak = subprocess.run([sys.executable, "-m", "benchmarks.events", "--memory", given.memory,
                           "--peak-of", str(folder / "submission")], capture_output=True,
                          text=True, check=True).stdout.split()
    print(f"peak memory {peak[0]} MiB after intake, {peak[1]} MiB after judging")
    print("\nrows by outcome:")
    for outcome in outcomes:
        told = ", ".join(f"{word} {count:,}" for word, count in outcome.judged.items() if count)
        print(f"  {outcome.rule.id:<20}{told or outcome.reason}")
    if given.clean:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
