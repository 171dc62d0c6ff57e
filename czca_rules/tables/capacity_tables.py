"""Tables about cross-zonal capacity: what exists, what is allowed, what it is worth."""

from __future__ import annotations

from czca_rules.tables.columns import TableSpec
from czca_rules.tables.common_columns import (
    BORDER_MTU,
    BORDER_PRODUCT_MTU,
    DIRECTION,
    FROM_ZONE,
    MTU_START,
    PRODUCT,
    STATES,
    TO_ZONE,
    ZONE,
    key,
    may,
    need,
)

_ELEMENT = key("element", "text", "Name of the critical network element.")

CAPACITY_TABLES = (
    TableSpec(
        "offered_capacity", "Capacity offered to the energy markets",
        "EBGL Art. 41(2), Art. 42(2)", (
            *BORDER_MTU,
            key("source", "choice", "Energy market that the capacity was offered to.",
                choices=("day_ahead", "intraday"), default="day_ahead"),
            need("offered_mw", "mw", "Capacity offered, after what balancing had already got.",
                 not_negative=True),
            may("method", "choice", "How a figure per border was made where capacity is not "
                "calculated per border.",
                choices=("ntc", "max_bilateral_exchange", "atc_extraction")),
        ), absent="missing", history=True),
    TableSpec(
        "cross_zonal_capacity", "Cross-zonal capacity before the balancing allocation",
        "EBGL Art. 33(7), Art. 38(5), Art. 38(6)", (
            *BORDER_MTU,
            need("capacity_mw", "mw", "Calculated capacity before deduction of what balancing "
                 "got.", not_negative=True),
            may("reliability_margin_mw", "mw", "Reliability margin applied in that calculation.",
                not_negative=True),
            may("reliability_margin_without_bc_mw", "mw", "Reliability margin as it would be if "
                "no balancing capacity were exchanged.", not_negative=True),
        ), absent="missing", grid="direction"),
    TableSpec(
        "network_elements", "Remaining margins of network elements (flow-based)",
        "EBGL Art. 38(5)", (
            _ELEMENT, MTU_START,
            need("ram_mw", "mw", "Margin that is left for exchanges on the element."),
            may("ram_balancing_mw", "mw", "Part of that margin open to balancing; empty means "
                "all of it."),
        ), absent="missing"),
    TableSpec(
        "ptdfs", "Zone-to-slack distribution factors (flow-based)",
        "EBGL Art. 38(5)", (
            _ELEMENT, ZONE, MTU_START,
            need("ptdf", "share", "Flow on the element per MW that the zone injects, signed."),
        ), absent="missing"),
    TableSpec(
        "volume_limits", "Most capacity that balancing may get",
        "EBGL Art. 39(6), Art. 41(2), Art. 42(2)", (
            *BORDER_MTU,
            key("basis", "choice", "What the limit rests on; `none` where a derogation lifts it.",
                choices=("share_of_offered", "share_of_installed", "nra", "additional", "none")),
            may("limit_mw", "mw", "The limit; empty for the basis `none`.", not_negative=True),
            may("document", "text", "Reference of the decision or publication behind it."),
        ), absent="missing"),
    TableSpec(
        "day_ahead_prices", "Day-ahead prices of reference and delivery days",
        "EBGL Art. 39(2), Art. 39(5)", (
            ZONE, MTU_START,
            need("price_eur_mwh", "price", "Single day-ahead coupling price of the zone."),
        ), absent="missing", history=True, refines=True),
    TableSpec(
        "scheduled_exchanges", "Scheduled energy exchanges",
        "EBGL Art. 38(4), Art. 38(6)", (
            *BORDER_MTU,
            key("market", "choice", "Market timeframe that the schedule comes from.",
                choices=("long_term", "day_ahead", "intraday")),
            need("scheduled_mw", "mw", "Scheduled exchange in this direction.",
                 not_negative=True),
        ), absent="zero"),
    TableSpec(
        "energy_values", "Market value of the capacity for the exchange of energy",
        "EBGL Art. 39(1), Art. 39(2), Art. 39(5)", (
            *BORDER_MTU,
            key("state", "choice", "Which state of the value the row holds.", choices=STATES,
                default="final"),
            need("forecast_eur_mwh", "price", "Forecast value, adjustment included, margin not."),
            may("reference_mtu_start", "instant", "Market time unit of the reference day that "
                "the forecast repeats."),
            may("adjustment_eur_mwh", "price", "Adjustment that is contained in the forecast.",
                default="0"),
            may("margin_eur_mwh", "price", "Mark-up put on the forecast when capacity was "
                "allocated.", default="0"),
            may("actual_eur_mwh", "price", "Value that the day-ahead results turned out to give."),
        ), absent="missing", grid="direction"),
    TableSpec(
        "balancing_values", "Market value of the capacity for balancing capacity",
        "EBGL Art. 39(3), Art. 39(4), Art. 39(5)", (
            FROM_ZONE, TO_ZONE, PRODUCT, DIRECTION, MTU_START,
            key("validity_period", "duration", "Validity period that the value is for, as an "
                "ISO 8601 duration.", optional=True),
            may("forecast_eur_mw_h", "price", "Forecast value."),
            may("actual_eur_mw_h", "price", "Value that the submitted bids give."),
            may("reference_mtu_start", "instant", "Market time unit of the reference day that "
                "the forecast repeats."),
        ), absent="missing", grid="direction_product"),
    TableSpec(
        "allocations", "Cross-zonal capacity allocated to balancing capacity",
        "EBGL Art. 38(1), Art. 38(4), Art. 12(3)(h)", (
            *BORDER_PRODUCT_MTU,
            key("state", "choice", "Which state of the allocation the row holds.",
                choices=STATES, default="final"),
            need("allocated_mw", "mw", "Capacity allocated for the exchange, sharing not "
                 "included.", not_negative=True),
            may("shared_mw", "mw", "Capacity allocated for the sharing of reserves, on top.",
                default="0", not_negative=True),
            may("cooperation", "text", "Cooperation that the allocation belongs to."),
        ), absent="missing", grid="direction_product"),
)
