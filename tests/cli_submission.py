"""A small submission for tests of the command line: one border, one product, one day in one row."""

from __future__ import annotations

from pathlib import Path

MANIFEST = """\
format: czca-submission/1
id: gr-it-2026-03-11
sender: {id: IPTO, role: tso}
as_of: 2026-03-13T09:40:00+01:00
stages: [allocation, procurement]
methodology: greece-italy-mb
approach: market_based
delivery: {from: 2026-03-11, to: 2026-03-11}
mtu_minutes: 15
tsos: [{id: IPTO}, {id: TERNA}]
zones: [{id: GR, tsos: [IPTO], lfc_block: GR}, {id: IT-SUD, tsos: [TERNA], lfc_block: IT}]
borders:
  - id: GR/IT-SUD
    zones: [GR, IT-SUD]
    interconnectors:
      - {id: LINK, technology: ac, energy_trade_since: 2002-08-01,
         in_capacity_calculation_since: 2002-08-01,
         installed_mw: {GR>IT-SUD: 500, IT-SUD>GR: 500}}
products: [{product: aFRR, direction: up}]
"""

DAY = "2026-03-11T00:00:00+01:00,2026-03-12T00:00:00+01:00"
YEAR = "2025-01-01T00:00:00+01:00,2026-01-01T00:00:00+01:00"

ALLOCATIONS = f"""\
from_zone,to_zone,product,direction,mtu_start,mtu_end,allocated_mw
GR,IT-SUD,aFRR,up,{DAY},170
IT-SUD,GR,aFRR,up,{DAY},0
"""
HISTORY = f"""\
from_zone,to_zone,mtu_start,mtu_end,source,offered_mw
GR,IT-SUD,{YEAR},day_ahead,1600
IT-SUD,GR,{YEAR},day_ahead,1600
"""
EVENTS = """\
event_id,event,at,market_day
1,bids_selected,2026-03-05T09:00:00+01:00,2026-03-11
2,allocation_determined,2026-03-05T08:00:00+01:00,2026-03-11
"""
LIMITS = f"""\
from_zone,to_zone,mtu_start,mtu_end,basis,limit_mw
GR,IT-SUD,{DAY},share_of_offered,160
IT-SUD,GR,{DAY},share_of_offered,160
"""
PRICES = f"""\
from_zone,to_zone,product,direction,mtu_start,mtu_end,price_eur_mw_h
GR,IT-SUD,aFRR,up,{DAY},4.5
IT-SUD,GR,aFRR,up,{DAY},0
"""


def write_submission(folder: Path, allocations: str = ALLOCATIONS) -> Path:
    """Write the submission: 170 MW from GR to IT-SUD, where a tenth of 1600 MW is allowed."""
    folder.mkdir(parents=True)
    files = {"submission.yaml": MANIFEST, "allocations.csv": allocations, "events.csv": EVENTS,
             "offered_capacity.csv": HISTORY, "czc_prices.csv": PRICES,
             "volume_limits.csv": LIMITS}
    for name, content in files.items():
        (folder / name).write_bytes(content.encode())
    return folder


def compliant(folder: Path) -> Path:
    """The same with an allocation within the limit however it is read."""
    return write_submission(folder, ALLOCATIONS.replace(",170\n", ",100\n"))
