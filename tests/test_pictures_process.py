"""Pictures of a day's process: each event against its windows, with an axis that skips silence."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

from drawn_paths import by_class, drawings, texts
from picture_sample import picture_report, process_day, window

from czca_rules.report.picture_model import ProcessDay
from czca_rules.report.pictures import Picture, drawn


def process_picture(process: ProcessDay) -> Picture:
    """The picture of one process."""
    picture, = drawn(picture_report(processes=(process,), processes_total=1))
    return picture


def shown(process: ProcessDay) -> tuple[ET.Element, str]:
    """Its drawing, and everything that is written in it."""
    drawing, = drawings(process_picture(process))
    return drawing, " ".join(" ".join(texts(drawing)).split())


# Process of a day

def test_every_outcome_has_its_own_marker_and_words() -> None:
    drawing, words = shown(process_day())
    kinds = {kind: by_class(drawing, "marker", kind)
             for kind in ("missed", "absent", "unjudged", "excused", "noted", "kept")}
    assert {kind: len(found) for kind, found in kinds.items()} == {
        "missed": 2, "absent": 1, "unjudged": 1, "excused": 1, "noted": 1, "kept": 3}
    # told apart without colour: a cross, rings, diamonds, discs
    assert {found[0].tag for found in (kinds["missed"], kinds["noted"], kinds["excused"])} == \
        {"path"}
    for said in ("✕ TERNA missed 11:25, 25 min late", "✓ IPTO kept 10:05", "✕ TERNA never came",
                 "? IPTO not judged 11:20", "◇ IPTO excused 09:26", "57 min early",
                 "✓ IPTO kept with a note 09:40", "✓ IPTO, TERNA kept 09:00"):
        assert said in words


def test_an_overrun_goes_from_the_last_lawful_moment_to_the_event() -> None:
    drawing, _ = shown(process_day())
    late = [path.get("d", "") for path in by_class(drawing, "overrun")]
    assert len(late) == 2
    numbers = [[Decimal(number) for number in re.findall(r"[\d.]+", path)] for path in late]
    assert any(end < start for start, _, end in numbers), "too early lies before the window"
    assert any(end > start for start, _, end in numbers), "too late lies behind it"


def test_events_that_no_rule_asks_for_stand_above_the_lanes() -> None:
    drawing, words = shown(process_day())
    assert len(by_class(drawing, "event")) == 9
    assert "08:55 bids submitted (IPTO, TERNA)" in words
    highest_bar = min(Decimal(bar.get("d", "").split()[1].split("H")[0])
                      for bar in by_class(drawing, "window"))
    assert all(Decimal(dot.get("cy", "")) < highest_bar for dot in by_class(drawing, "event"))


def test_the_table_of_a_process_has_every_event_and_window() -> None:
    process = process_day()
    picture = process_picture(process)
    assert len(picture.rows) == len(process.windows) + len(process.marks)
    assert ("volumes_and_prices_published", "EB-12.3.f", "TERNA", "2026-03-06 09:35 CET",
            "2026-03-06 10:35 CET", "2026-03-06 11:00 CET", "2026-03-06 11:25 CET",
            "missed, 25 min late") in picture.rows
    assert ("use_published", "EB-12.3.i", "TERNA", "", "2026-03-19 00:00 CET", "", "never",
            "never came") in picture.rows
    assert {len(row) for row in picture.rows} == {len(picture.columns)}


def test_many_windows_alike_are_one_lane_and_counted() -> None:
    many = [window("R-1", "bid_gate_closed", "Title", "failed" if number == 7 else "passed",
                   f"TSO-{number}", "03-06 08:00", None, "03-06 09:00") for number in range(60)]
    process = ProcessDay.model_validate({"market_day": "2026-03-11", "marks": (), "windows": many})
    drawing, words = shown(process)
    assert len(by_class(drawing, "window")) == 1
    assert "✕ 1 missed ✓ 59 kept" in words
    assert len(process_picture(process).rows) == 60


def test_of_too_many_lanes_the_missed_are_drawn_and_the_caption_says_so() -> None:
    many = [window(f"R-{number}", "bid_gate_closed", "Title",
                   "failed" if number >= 90 else "passed", "TSO", "03-06 08:00", None,
                   f"03-06 {9 + number // 60:02d}:{number % 60:02d}") for number in range(100)]
    picture = process_picture(ProcessDay.model_validate(
        {"market_day": "2026-03-11", "marks": (), "windows": many}))
    assert "40 of 100 windows are drawn, the missed first" in picture.caption
    assert sum(row[-1] == "missed" for row in picture.rows) == 10
    assert len(picture.rows) == 40
