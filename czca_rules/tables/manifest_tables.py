"""The tables that come from the manifest rather than from files: borders, links, zones, products.

Rules and derivations read them like any other table.
"""

from __future__ import annotations

from typing import get_args

from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.manifest_words import Exemption

#: Derogations that a sender can claim, each with columns `claims_...` and `documents_...`.
EXEMPTIONS: tuple[str, ...] = get_args(Exemption)

_FROM = Column("from_zone", "zone", "Bidding zone that energy would flow out of.", key=True)
_TO = Column("to_zone", "zone", "Bidding zone that energy would flow into.", key=True)
_BORDER = Column("border", "text", "The bidding-zone border.", key=True)
_TSO = Column("tso", "text", "Transmission system operator of the manifest.", key=True)

MANIFEST_TABLES: dict[str, TableSpec] = {spec.name: spec for spec in (
    TableSpec("border_directions", "Both directions of every border, and derogations claimed there",
              "submission.yaml", (
                  _FROM, _TO,
                  Column("border", "text", "The bidding-zone border."),
                  Column("all_dc", "boolean", "Whether every interconnector is direct current; "
                         "unknown if none is listed."),
                  Column("any_dc", "boolean", "Whether some interconnector is direct current; "
                         "unknown if none is listed."),
                  *(Column(f"claims_{name}", "boolean", f"Whether `{name}` is relied on here.")
                    for name in EXEMPTIONS),
                  *(Column(f"documents_{name}", "boolean",
                           f"Whether a document is named for `{name}` here.")
                    for name in EXEMPTIONS)), absent="missing"),
    TableSpec("interconnector_days", "Every interconnector, in both directions, on each market day",
              "submission.yaml", (
                  _FROM, _TO,
                  Column("interconnector", "text", "The interconnector.", key=True),
                  Column("market_day", "date", "Market day of the delivery period.", key=True),
                  Column("technology", "text", "`ac` or `dc`."),
                  Column("energy_trade_since", "date", "First day of exchange of energy."),
                  Column("in_capacity_calculation_since", "date",
                         "First day in the capacity calculation."),
                  Column("installed_mw", "mw", "Installed technical capacity in this direction."),
                  Column("contribution", "share", "Share of the border's capacity.")),
              absent="missing"),
    TableSpec("interconnectors", "Every interconnector of every border", "submission.yaml", (
        _BORDER,
        Column("interconnector", "text", "The interconnector.", key=True),
        Column("technology", "text", "`ac` or `dc`."),
        Column("contribution", "share", "Share of the border's capacity."),
        Column("has_shares", "boolean", "Whether keys of its own are stated for its TSOs.")),
        absent="missing"),
    TableSpec("interconnector_tsos", "Every TSO of every border, at each of its interconnectors",
              "submission.yaml", (
                  _BORDER,
                  Column("interconnector", "text", "The interconnector.", key=True),
                  _TSO,
                  Column("share", "share", "Key stated for the TSO; zero if keys are stated for "
                         "others only, unknown if for none.")), absent="missing"),
    TableSpec("border_tsos", "Every TSO of every border, by the sides that it stands on",
              "submission.yaml", (
                  _BORDER, _TSO,
                  Column("sides", "integer", "On how many sides of the border it stands: 1 or 2."),
                  Column("side_tsos", "integer", "How many TSOs share its side; unknown if it "
                         "stands on both and they differ.")), absent="missing"),
    TableSpec("cooperation", "The cooperation as a whole, one row", "submission.yaml", (
        Column("cooperation", "text", "Its name, or that of the submission.", key=True),
        Column("established_by", "text", "By whose initiative it was established."),
        Column("tsos", "integer", "How many TSOs take part."),
        Column("zones", "integer", "How many bidding zones take part."),
        Column("components", "integer", "Into how many parts the zones fall that no border "
               "joins."),
        Column("linked_tsos", "integer", "Into how many parts the TSOs fall that neither a border "
               "nor a common zone joins; unknown if one has no zone.")), absent="missing"),
    TableSpec("tsos", "Transmission system operators", "submission.yaml", (
        _TSO,
        Column("country", "text", "Its country, whose public holidays move its deadlines."),
        Column("dispatching", "text", "`central` or `self`.")), absent="missing"),
    TableSpec("zones", "Bidding zones", "submission.yaml", (
        Column("zone", "zone", "The bidding zone.", key=True),
        Column("lfc_block", "text", "Its load-frequency control block."),
        Column("component", "zone", "First zone, by name, of those that borders join it with.")),
        absent="missing"),
    TableSpec("products", "Products that are procured", "submission.yaml", (
        Column("product", "product", "aFRR, mFRR or RR.", key=True),
        Column("direction", "direction", "up, down or symmetric.", key=True),
        Column("contracting_period", "duration", "Length of a contract."),
        Column("validity_period", "duration", "Length for which bids are valid."),
        Column("standard", "boolean", "Whether it is a standard product.")), absent="missing"),
)}
