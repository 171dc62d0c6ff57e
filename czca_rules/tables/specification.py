"""The one specification of all tables of a submission, gathered from its themes.

The data dictionary, the starter files, the intake, the published frame models and the rule
language's types all come from here, so a column exists once.
"""

from __future__ import annotations

from czca_rules.tables.capacity_tables import CAPACITY_TABLES
from czca_rules.tables.columns import TableSpec
from czca_rules.tables.common_columns import BASES, STATES
from czca_rules.tables.process_tables import (
    APPLICATION_EVENTS,
    DAILY_EVENTS,
    DOCUMENTS,
    EVENTS,
    PROCESS_TABLES,
)
from czca_rules.tables.procurement_tables import PROCUREMENT_TABLES
from czca_rules.tables.settlement_tables import SETTLEMENT_TABLES

#: The tables in the order in which they are documented.
ORDER = (
    "offered_capacity", "cross_zonal_capacity", "network_elements", "ptdfs", "volume_limits",
    "day_ahead_prices", "scheduled_exchanges", "energy_values", "balancing_values", "bids",
    "demand", "combined_minima", "energy_orders", "allocations", "exchanges", "capacity_prices",
    "auction_results", "czc_prices", "congestion_income", "income_account", "income_shares",
    "usage", "releases", "curtailments", "dimensioning", "contracts", "events", "documents",
)

#: Names kept free for the platforms of the balancing timeframe.
RESERVED_TABLES = ("balancing_timeframe", "activation_bids", "activation_demand",
                   "marginal_prices", "imbalance_prices")

#: Columns that a timed table may carry besides its own: `mtu_end` (exclusive) for a longer span,
#: `market_day` with `position` (from 1) in place of `mtu_start`.
TIME_COLUMNS = ("mtu_end", "market_day", "position")

_GATHERED = {spec.name: spec for spec in (*CAPACITY_TABLES, *PROCUREMENT_TABLES,
                                          *SETTLEMENT_TABLES, *PROCESS_TABLES)}

#: Every table of a submission by its name.
TABLES: dict[str, TableSpec] = {name: _GATHERED[name] for name in ORDER}

__all__ = ["APPLICATION_EVENTS", "BASES", "DAILY_EVENTS", "DOCUMENTS", "EVENTS", "ORDER",
           "RESERVED_TABLES", "STATES", "TABLES", "TIME_COLUMNS"]
