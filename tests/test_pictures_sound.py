"""What every picture must be: sound, harmless, small, and the same wherever it is drawn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from drawn_paths import drawings
from picture_sample import HOSTILE, border_day, hostile_report, picture_report, rich_report

from czca_rules.report.model import ReportModel
from czca_rules.report.pictures import MOST_DAYS, drawn

MOST_BYTES = 300_000
UNSEEN = "[\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066\ud800-\udfff]"


@pytest.mark.parametrize("report", [rich_report(), hostile_report()], ids=["rich", "hostile"])
def test_every_drawing_is_sound_self_contained_and_told(report: ReportModel) -> None:
    ids: list[str] = []
    for picture in drawn(report):
        whole = ET.fromstring(f"<div>{picture.svg}</div>")
        ids += [picture.id, *(item.get("id", "") for item in whole.iter() if item.get("id"))]
        for drawing in drawings(picture):
            assert drawing.get("role") == "img"
            assert drawing.findtext("title")
            assert drawing.findtext("desc")
            named = (drawing.get("aria-labelledby") or "").split()
            assert named == [drawing.find(part).get("id") for part in ("title", "desc")]  # type: ignore[union-attr]
        for item in whole.iter():
            assert item.tag in {"div", "p", "span", "svg", "title", "desc", "defs", "pattern",
                                "path", "rect", "circle", "text", "tspan", "g", "use"}
            assert not {"style", "onload", "onclick", "src"} & set(item.attrib)
            assert item.get("href", "#").startswith("#")
            assert (item.get("fill") or "url(#").startswith("url(#")
    assert len(ids) == len(set(ids))
    used = re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", "".join(p.svg for p in drawn(report)))
    assert set(used) <= set(ids)


def test_hostile_texts_do_nothing_in_a_drawing() -> None:
    found = drawn(hostile_report())
    assert len(found) == 4
    for picture in found:
        assert "<script" not in picture.svg
        assert not re.search(UNSEEN, picture.svg)
        assert not re.search("::|##", picture.svg)
    assert "&lt;script&gt;" in found[1].svg
    assert HOSTILE in found[2].heading, "plain text is left to the page, which escapes it"


def test_the_same_report_gives_the_same_bytes_wherever_it_is_drawn() -> None:
    program = ("import hashlib; from picture_sample import rich_report; "
               "from czca_rules.report.pictures import drawn; "
               "print(hashlib.sha256(repr(drawn(rich_report())).encode()).hexdigest())")
    found = {subprocess.run([sys.executable, "-c", program], check=True, capture_output=True,
                            cwd=Path(__file__).parent, text=True,
                            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}).stdout
             for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))}
    assert len(found) == 1


def test_no_length_has_more_than_a_tenth_of_a_pixel() -> None:
    for picture in drawn(rich_report()):
        for item in ET.fromstring(f"<div>{picture.svg}</div>").iter():
            for name in set(item.attrib) & {"x", "y", "d", "cx", "cy", "r", "width", "height"}:
                assert not re.search(r"\.\d\d|e", item.attrib[name])


def test_pictures_come_in_the_order_of_the_page() -> None:
    assert [picture.id for picture in drawn(rich_report())] == [
        "calendar", "process-1", "allocation-1", "prices-1", "allocation-2", "prices-2",
        "allocation-3", "prices-3", "allocation-4", "prices-4"]
    assert not drawn(picture_report())


def test_how_to_read_a_picture_is_said_once_and_what_is_odd_every_time() -> None:
    captions = {picture.id: picture.caption for picture in drawn(rich_report())}
    guides = [name for name, caption in captions.items() if "the dashed line its limit" in caption]
    # once with the capacity in a plot of its own, once with all in one plot
    assert guides == ["allocation-1", "allocation-4"]
    assert "Over all rules: 3 rows failed and 1 row not assessable." in captions["allocation-1"]
    assert "Over all rules" not in captions["prices-1"]
    only_prices = drawn(picture_report(border_days=(border_day(date(2026, 3, 11), failed=2,
                                                               allocations=()),)))
    assert [picture.id for picture in only_prices] == ["prices-1"]
    assert "2 rows failed" in only_prices[0].caption


def test_twenty_days_are_drawn_at_most_and_stay_small() -> None:
    first = date(2026, 1, 1)
    days: list[Any] = [border_day(first + timedelta(days=number), prices=())
                       for number in range(MOST_DAYS + 1)]
    found = drawn(picture_report(border_days=tuple(days), border_days_total=30))
    assert len(found) == MOST_DAYS
    drawn_bytes = sum(len(picture.svg.encode()) for picture in found)
    table_bytes = sum(len("<td>") + len(cell.encode()) for picture in found
                      for row in picture.rows for cell in row)
    assert drawn_bytes + table_bytes < MOST_BYTES
