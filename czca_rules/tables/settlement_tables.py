"""Tables about what became of an allocation: use, release, curtailment, money."""

from __future__ import annotations

from czca_rules.tables.columns import TableSpec
from czca_rules.tables.common_columns import BORDER_PRODUCT_MTU, key, may, need

_PERIOD_START = key("period_start", "instant", "Start of the consolidation period, with its UTC "
                    "offset.")
_BORDER = key("border", "border", "Bidding-zone border, as named in the manifest.")

SETTLEMENT_TABLES = (
    TableSpec(
        "congestion_income", "Congestion income from the capacity allocated to balancing",
        "EBGL Art. 41(4), Art. 42(4), Art. 57(3)", (
            *BORDER_PRODUCT_MTU,
            need("income_eur", "eur", "Income of the row over its whole span."),
            may("day_ahead_share_eur", "eur", "Part of it that goes to the day-ahead pool."),
        ), absent="missing", grid="direction_product"),
    TableSpec(
        "income_account", "Account of congestion income per consolidation period",
        "EBGL Art. 57(3)", (
            _PERIOD_START, _BORDER,
            key("entry", "choice", "What is booked.",
                choices=("collected", "day_ahead_share", "compensation", "surplus", "deficit")),
            key("tso", "tso", "TSO that the entry concerns; empty for the border as a whole.",
                optional=True),
            need("amount_eur", "eur", "Amount booked, positive; a compensation is positive for the "
                 "border that receives it and negative for the one that gives."),
        )),
    TableSpec(
        "income_shares", "Distribution of congestion income among TSOs",
        "EBGL Art. 57(3), Art. 57(4)", (
            _PERIOD_START, _BORDER,
            key("interconnector", "text", "Interconnector that the share is for; empty for the "
                "whole border.", optional=True),
            key("tso", "tso", "TSO that receives the share."),
            need("share", "share", "Share of the TSO, from 0 to 1.", not_negative=True),
            need("amount_eur", "eur", "Amount that the TSO receives."),
        )),
    TableSpec(
        "usage", "Use of the allocated capacity",
        "EBGL Art. 12(3)(i)", (
            *BORDER_PRODUCT_MTU,
            need("used_mw", "mw", "Highest use within the market time unit.", not_negative=True),
            may("realised_cost_eur", "eur", "Estimated realised cost of the allocation."),
            may("realised_benefit_eur", "eur", "Estimated realised benefit of the allocation."),
        ), absent="missing", grid="direction_product"),
    TableSpec(
        "releases", "Release of allocated capacity",
        "EBGL Art. 38(8), Art. 38(9), Art. 42(6), Art. 12(3)(i)", (
            *BORDER_PRODUCT_MTU,
            key("released_to", "choice", "What the capacity was released to.",
                choices=("same_product", "shorter_activation", "imbalance_netting",
                         "later_timeframe")),
            need("released_mw", "mw", "Capacity released.", not_negative=True),
        ), absent="zero"),
    TableSpec(
        "curtailments", "Curtailment of allocated capacity",
        "EBGL Art. 41(4), Art. 42(4); CACM Art. 72", (
            *BORDER_PRODUCT_MTU,
            key("cause", "choice", "Why it was curtailed.",
                choices=("force_majeure", "emergency", "other")),
            need("curtailed_mw", "mw", "Capacity curtailed.", not_negative=True),
            may("requested_by", "text", "Who asked for it."),
            may("cost_bearer", "text", "Who bears the cost."),
            may("cost_eur", "eur", "Cost of the curtailment."),
        ), absent="zero"),
)
