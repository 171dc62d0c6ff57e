"""Frames pass the intake of files, the engine is locked, and what is valid comes in exactly."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from submission_folders import (
    DIRECTIONS,
    manifest,
    rows,
    starts,
    write,
)

from czca_rules.errors import CzcaError, LimitReached
from czca_rules.tables.engine import Engine
from czca_rules.tables.submission import Submission, load_submission

FORMS = ["rows", "texts", "pandas", "polars", "pyarrow"]


@pytest.mark.parametrize("form", FORMS)
def test_frames_pass_the_same_intake(form: str) -> None:
    records = [
        {"from_zone": one, "to_zone": other, "product": "aFRR", "direction": "up",
         "mtu_start": datetime.fromisoformat(start).astimezone(UTC), "allocated_mw": number + 0.1,
         "cooperation": None}
        for one, other in DIRECTIONS for number, start in enumerate(starts(), 1)]
    if form == "texts":
        frame: Any = [{name: "" if value is None else value.isoformat() if isinstance(
            value, datetime) else str(value) for name, value in record.items()}
            for record in records]
    elif form == "rows":
        frame = [{**record, "allocated_mw": Decimal(str(record["allocated_mw"]))}
                 for record in records]
    elif form == "pyarrow":
        frame = pytest.importorskip("pyarrow").Table.from_pylist(records)
    else:
        frame = pytest.importorskip(form).DataFrame(records)
    import yaml
    model = yaml.load(manifest(), Loader=yaml.BaseLoader)
    model["mtu_minutes"] = 15
    for link in model["borders"][0]["interconnectors"]:
        link["installed_mw"] = {"GR>IT": 500, "IT>GR": Decimal("400.5")}
    with Submission.from_tables(model, {"allocations": frame}) as found:
        assert found.problems == ()
        assert rows(found, "allocations", "count(*), sum(allocated_mw), min(_line), max(_line)"
                    ) == [(192, Decimal("9331.200"), 1, 192)]
        assert [item.path for item in found.files] == ["frames/allocations", "submission.yaml"]
        found.verify_unchanged()


def test_the_engine_is_locked_and_leaves_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("a\n1\n")
    engine = Engine()
    private = engine.folder
    for sql in (f"SELECT * FROM read_csv('{outside}')", "SET memory_limit = '9GB'",
                f"COPY (SELECT 1) TO '{tmp_path}/out.csv'", f"ATTACH '{tmp_path}/x.db'",
                "INSTALL httpfs", "SELECT * FROM '/etc/passwd'", "SELECT nothing"):
        with pytest.raises(CzcaError):
            engine.execute(sql)
    with Engine(memory_limit="50MB") as small, pytest.raises(LimitReached):
        small.query("SELECT list(range) FROM range(100000000)")
    engine.close()
    engine.close()
    assert not private.exists()
    with pytest.raises(CzcaError, match="closed"):
        engine.query("SELECT 1")


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.decimals(-999_999, 999_999, places=6, allow_nan=False, allow_infinity=False)


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, NUMBERS, st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
                          st.integers(-14 * 60, 14 * 60)), max_size=30), st.sampled_from("\n\r"),
       st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_valid_tables_come_in_exactly(tmp_path: Path, table: Any, end: str,
                                      quoting: Any) -> None:
    line_end = "\n" if end == "\n" else "\r\n"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end, quoting=quoting)
    writer.writerow(["contract_id", "tso", "product", "direction", "standard", "volume_mw",
                     "contracted_at", "provision_start", "provision_end"])
    wanted = []
    for number, (text, amount, instant, offset) in enumerate(table):
        # The csv module writes a lone carriage return without quotes, which no reader takes.
        name = f"{number}{text if quoting == csv.QUOTE_ALL else text.replace(chr(13), '')}"
        shown = instant.replace(tzinfo=timezone(timedelta(minutes=offset))).isoformat()
        volume = abs(amount).quantize(Decimal("0.001"))
        volume = min(volume, Decimal("999999.999"))
        writer.writerow([name, "TSO-GR", "aFRR", "up", "true", volume, shown, shown, shown])
        wanted.append((name, volume, instant - timedelta(minutes=offset)))
    folder = write(tmp_path, {"contracts.csv": out.getvalue().encode()})
    with load_submission(folder) as found:
        assert found.problems == ()
        assert rows(found, "contracts", "contract_id, volume_mw, contracted_at",
                    "ORDER BY _line") == wanted
