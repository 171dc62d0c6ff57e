"""Tables about procuring balancing capacity: bids, demand, exchanges, prices, contracts."""

from __future__ import annotations

from czca_rules.tables.columns import TableSpec
from czca_rules.tables.common_columns import (
    BASES,
    BORDER_PRODUCT_MTU,
    DIRECTION,
    MTU_START,
    PRODUCT,
    ZONE_PRODUCT_MTU,
    key,
    may,
    need,
)

_VALID_FROM = key("valid_from", "date", "First day on which the row holds; empty means always.",
                  optional=True)
_VALID_TO = may("valid_to", "date", "Last day on which the row holds; empty means until changed.")

PROCUREMENT_TABLES = (
    TableSpec(
        "bids", "Balancing capacity bids",
        "EBGL Art. 33(3), Art. 58(3), Art. 12(3)(f)", (
            key("bid_id", "text", "Name of the bid; one that recurs in other units without "
                "`mtu_end` or block is so many separate offers.", confidential=True),
            MTU_START,
            key("basis", "choice", "What the bid stands for: the real market, as the BSP sent "
                "it, a reference day, or a forecast.", choices=BASES, default="actual"),
            need("zone", "zone", "Bidding zone that the reserve stands in."),
            need("product", "product", "Balancing capacity product of the bid."),
            need("direction", "direction", "Direction of the balancing capacity."),
            need("volume_mw", "mw", "Volume offered.", not_negative=True),
            need("price_eur_mw_h", "price", "Price of one MW for one hour.", confidential=True),
            may("accepted_mw", "mw", "Volume accepted; empty before selection.",
                not_negative=True),
            may("divisible", "boolean", "Whether part of the volume may be accepted.",
                default="true"),
            may("minimum_mw", "mw", "Least volume that may be accepted if any is.", default="0",
                not_negative=True),
            may("block_id", "text", "Rows with the same block are accepted at one share."),
            may("exclusive_group", "text", "Of the bids in one group at most one is accepted."),
            may("parent_bid_id", "text", "Bid that must be accepted at least at the same share.",
                confidential=True),
            may("asset", "text", "Plant or pool behind the bid, to join it with energy orders."),
            may("bsp", "text", "Balancing service provider.", confidential=True),
        )),
    TableSpec(
        "demand", "Demand for balancing capacity",
        "EBGL Art. 32(1), Art. 58(3)", (
            *ZONE_PRODUCT_MTU,
            key("basis", "choice", "Which bids the demand goes with.", choices=BASES,
                default="actual"),
            need("demand_mw", "mw", "Volume that the zone needs.", not_negative=True),
            may("local_minimum_mw", "mw", "Part of it that must stand in the zone itself.",
                default="0", not_negative=True),
            may("sharing_tolerance_mw", "mw", "Part of it that shared reserves may replace.",
                default="0", not_negative=True),
            may("satisfied_mw", "mw", "Volume that procurement covered.", not_negative=True),
        ), absent="missing", grid="zone_product"),
    TableSpec(
        "combined_minima", "Minima over several products of a zone",
        "SOGL Art. 157, Art. 160", (
            key("group_id", "text", "Name of the group of products."),
            key("zone", "zone", "Bidding zone in which the minimum must stand."),
            DIRECTION, _VALID_FROM,
            need("products", "text", "Products that count together, separated by semicolons."),
            need("minimum_mw", "mw", "Least volume over these products.", not_negative=True),
            _VALID_TO,
        )),
    TableSpec(
        "energy_orders", "Day-ahead energy orders",
        "EBGL Art. 40(2), Art. 41(3)", (
            key("order_id", "text", "Name of the order; it may recur in other units.",
                confidential=True),
            MTU_START,
            need("zone", "zone", "Bidding zone of the order."),
            need("side", "choice", "Whether energy is offered or asked for.",
                 choices=("supply", "demand")),
            need("volume_mw", "mw", "Volume of the order.", not_negative=True),
            need("price_eur_mwh", "price", "Limit price of the order.", confidential=True),
            may("accepted_mw", "mw", "Volume accepted; empty before coupling.",
                not_negative=True),
            may("block_id", "text", "Rows with the same block are accepted at one share."),
            may("asset", "text", "Plant or pool behind the order, to join it with bids."),
        )),
    TableSpec(
        "exchanges", "Balancing capacity exchanged or shared, per border hop",
        "EBGL Art. 33(1), Art. 12(3)(i)", (
            key("provider_zone", "zone", "Zone on whose side of the border the reserve stands."),
            key("receiver_zone", "zone", "Zone on the other side, which it is procured for."),
            PRODUCT, DIRECTION, MTU_START,
            need("exchanged_mw", "mw", "Volume exchanged over this border, transit included, "
                 "sharing not.", not_negative=True),
            may("shared_mw", "mw", "Volume shared over this border, on top.", default="0",
                not_negative=True),
        ), absent="zero"),
    TableSpec(
        "capacity_prices", "Prices of balancing capacity",
        "EBGL Art. 30, Art. 32(2), Art. 12(3)(f)", (
            *ZONE_PRODUCT_MTU,
            need("marginal_price_eur_mw_h", "price", "Marginal price of the zone."),
        ), absent="missing", grid="zone_product"),
    TableSpec(
        "auction_results", "Published results of balancing capacity auctions",
        "EBGL Art. 12(3)(f)", (
            *ZONE_PRODUCT_MTU,
            may("minimum_price_eur_mw_h", "price", "Lowest accepted price of the zone as "
                "published; empty where the zone accepted no bid."),
            may("average_price_eur_mw_h", "price", "Mean of the accepted prices of the zone, "
                "weighted with volume, as published and as rounded there."),
            may("marginal_price_eur_mw_h", "price", "Highest accepted price of the zone as "
                "published."),
            need("net_export_mw", "mw", "What the zone reports to have exported (positive) or "
                 "imported (negative)."),
            may("offered_mw", "mw", "Volume offered in the zone, accepted or not, as published.",
                not_negative=True),
        ), absent="missing", grid="zone_product"),
    TableSpec(
        "czc_prices", "Prices of the capacity allocated to balancing",
        "EBGL Art. 41(4), Art. 42(4)", (
            *BORDER_PRODUCT_MTU,
            need("price_eur_mw_h", "price", "Price of one MW of allocated capacity for one "
                 "hour."),
        ), absent="missing", grid="direction_product"),
    TableSpec(
        "dimensioning", "Reserve dimensioning of the LFC blocks",
        "SOGL Art. 157, Art. 160, Art. 167 to 170", (
            key("lfc_block", "text", "Load-frequency control block."),
            key("reserve", "choice", "Reserve that is dimensioned.", choices=("FRR", "RR")),
            DIRECTION, _VALID_FROM,
            need("required_mw", "mw", "Reserve that the block needs before any sharing.",
                 not_negative=True),
            may("incident_mw", "mw", "Dimensioning incident in this direction.",
                not_negative=True),
            may("imbalance_99_mw", "mw", "Reserve that covers the block's imbalances for 99 % "
                "of the time.", not_negative=True),
            may("exchanged_in_mw", "mw", "Part of it that stands in other blocks by exchange.",
                not_negative=True),
            may("shared_in_mw", "mw", "Part of it that sharing with other blocks replaces.",
                not_negative=True),
            _VALID_TO,
        )),
    TableSpec(
        "contracts", "Contracts for balancing capacity by horizon",
        "IEM Art. 6(9)", (
            key("contract_id", "text", "Name of the contract."),
            key("tso", "tso", "TSO that procures."),
            need("product", "product", "Balancing capacity product."),
            need("direction", "direction", "Direction of the balancing capacity."),
            need("standard", "boolean", "Whether the product is a standard one."),
            need("volume_mw", "mw", "Volume contracted.", not_negative=True),
            need("contracted_at", "instant", "When the contract was concluded."),
            need("provision_start", "instant", "When provision starts."),
            need("provision_end", "instant", "When provision ends (exclusive)."),
        )),
)

