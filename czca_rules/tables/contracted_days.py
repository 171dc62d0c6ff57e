"""Contracts for balancing capacity on each market day of the delivery on which they provide.

Where the manifest lets one expect a contract (a contracting period of more than a day or of unknown
length, or an allocation by economic efficiency) and none is handed in for a product and day, an
empty row stands for it: what nobody handed in cannot be judged, and is not passed over either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from czca_rules.market_time.days import market_day_end, market_day_of, market_day_start
from czca_rules.tables.engine import Engine
from czca_rules.tables.manifest import Manifest

#: A row that was handed in wrong has no values; it may concern every day.
_CONTRACTS = """
    SELECT t.contract_id, t.tso, d.market_day, m.country, t.product, t.direction, t.standard,
           t.volume_mw, t.contracted_at, t.provision_start, t.provision_end,
           s.first_day,
           CAST(date_diff('second', greatest(t.provision_start, d.begins_at),
                          least(t.provision_end, d.ends_at)) AS INTEGER) AS provided_seconds,
           t._bad, t._file, t._line
    FROM t_contracts t CROSS JOIN m_contract_calendar d LEFT JOIN m_tsos m USING (tso)
         LEFT JOIN m_contract_starts s USING (provision_start)
    WHERE coalesce(t.provision_start < d.ends_at, true)
      AND coalesce(t.provision_end > d.begins_at, true)"""
_EXPECTED = """
    SELECT e.contract_id, e.tso, e.market_day, m.country, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           NULL, NULL, false, NULL, NULL
    FROM m_contracts_expected e JOIN m_tsos m USING (tso)
    WHERE NOT EXISTS (SELECT 1 FROM m_contracts_provided c WHERE c.market_day = e.market_day
                      AND coalesce(c.product = e.product AND c.direction = e.direction, true))"""


def fill_contracted_days(manifest: Manifest, days: Sequence[date],
                         over_a_day: Callable[[str | None, date], bool | None], unread: bool,
                         engine: Engine) -> None:
    """Create the view ``m_contracted_days`` from ``t_contracts``.

    ``unread`` says that the table was handed in but cannot be relied on: then every product is
    expected to have contracts.
    """
    engine.fill("m_contract_calendar",
                [("market_day", "DATE"), ("begins_at", "TIMESTAMP"), ("ends_at", "TIMESTAMP")],
                [(day, market_day_start(day), market_day_end(day)) for day in days])
    # the engine knows no time zones, and many contracts start together
    engine.fill("m_contract_starts", [("provision_start", "TIMESTAMP"), ("first_day", "DATE")],
                [(start, market_day_of(start)) for (start,) in engine.query(
                    "SELECT DISTINCT provision_start FROM t_contracts "
                    "WHERE provision_start IS NOT NULL ORDER BY 1")])
    everywhere = unread or manifest.approach == "economic_efficiency"
    engine.fill("m_contracts_expected", [
        ("contract_id", "VARCHAR"), ("tso", "VARCHAR"), ("market_day", "DATE"),
        ("product", "VARCHAR"), ("direction", "VARCHAR")], [
            (f"none: {item.product} {item.direction}", tso.id, day, item.product, item.direction)
            for item in manifest.products for day in days
            if everywhere or over_a_day(item.contracting_period, day) is not False
            for tso in manifest.tsos])
    engine.execute(f"CREATE OR REPLACE VIEW m_contracts_provided AS {_CONTRACTS}")
    engine.execute("CREATE OR REPLACE VIEW m_contracted_days AS SELECT * FROM m_contracts_provided "
                   f"UNION ALL {_EXPECTED}")
