"""The tables that events are read through: who owes what on which day, and what happened then.

They are made from the events handed in and from the manifest (``tables.event_relations``), so
that every rule about time meets the same rows. Where some event of the submission states a
product, a direction or a border, all rows are kept apart by it; else the column says `all`.
"""

from __future__ import annotations

from czca_rules.tables.columns import Column, TableSpec
from czca_rules.tables.manifest_tables import MANIFEST_TABLES

#: What a column holds where no event of the submission tells its values apart.
EVERYTHING = "all"

_TSO = Column("tso", "text", "Transmission system operator of the manifest.", key=True)
_DAY = Column("market_day", "date", "Market day that events concern.", key=True)
_APART = tuple(Column(name, "text", f"{name.capitalize()} that events concern; `all` where no "
                      "event of the submission states one.", key=True)
               for name in ("product", "direction", "border"))
_DUTY = (
    Column("country", "text", "Country of the TSO, whose public holidays move its deadlines."),
    Column("claims_withholding", "boolean", "Whether the sender relies on `withholding`."),
)
_TOLD = (
    Column("event", "text", "What happened."),
    Column("at", "instant", "When; unknown if the row was handed in wrong."),
    Column("readable", "boolean", "Whether the row was handed in right."),
    Column("mtu_start", "instant", "First market time unit that it concerns, if stated."),
    Column("recipients", "text", "Who was told."),
    Column("document", "text", "Document that goes with it."),
    Column("detail", "text", "What it contained."),
)

EVENT_TABLES: dict[str, TableSpec] = {spec.name: spec for spec in (
    TableSpec("duty_days", "Every TSO on every market day of the delivery", "submission.yaml", (
        _TSO, _DAY, *_APART, *_DUTY), absent="missing"),
    TableSpec("auction_days", "Every TSO on every market day on which a contracting period begins",
              "submission.yaml", (_TSO, _DAY, *_APART, *_DUTY), absent="missing"),
    TableSpec("duty_tsos", "Every TSO", "submission.yaml", (_TSO, *_DUTY), absent="missing"),
    TableSpec("contract_days", "Every product on each day on which a contracting period begins",
              "submission.yaml", (
                  Column("product", "text", "aFRR, mFRR or RR.", key=True),
                  Column("direction", "text", "up, down or symmetric.", key=True), _DAY,
                  Column("over_a_day", "boolean",
                         "Whether its contracting period is longer than that day."),
                  Column("strand_product", "text", "What events call it: `all` where none "
                         "states a product."),
                  Column("strand_direction", "text", "The same of its direction."),
                  Column("contracting_period", "text", "Length of a contract, if stated."),
                  Column("validity_period", "text", "Length for which bids are valid, if stated."),
                  Column("standard", "boolean", "Whether it is a standard product.")),
              absent="missing"),
    TableSpec("day_events", "Events of the daily process, for each TSO that they concern",
              "events", (
                  Column("event_id", "text", "Name of the row in `events`.", key=True),
                  _TSO, _DAY, *_APART, *_TOLD)),
    TableSpec("application_events", "Events of an application, for each TSO that they concern",
              "events", (
                  Column("event_id", "text", "Name of the row in `events`.", key=True),
                  _TSO, *_TOLD,
                  Column("matter", "text", "The document that it is about; the row itself where "
                         "none is named."))),
    TableSpec("event_tsos", "Every event beside every TSO, whether it concerns it or not",
              "events", (
                  Column("event_id", "text", "Name of the row in `events`.", key=True),
                  _TSO,
                  Column("event", "text", "What happened."),
                  Column("at", "instant", "When; unknown if the row was handed in wrong."),
                  Column("actor", "text", "Who did it."),
                  Column("market_day", "date", "Market day that it concerns, if any."),
                  Column("product", "text", "Product that it concerns; empty means all."),
                  Column("direction", "text", "Direction that it concerns; empty means all."),
                  Column("border", "text", "Border that it concerns; empty means all."),
                  Column("recipients", "text", "Who was told."),
                  Column("document", "text", "Document that goes with it."),
                  Column("detail", "text", "What it contained."))),
    TableSpec("document_tsos", "Every document beside every TSO", "documents", (
        Column("document", "text", "Kind of document.", key=True),
        Column("reference", "text", "Number or name of this document.", key=True),
        _TSO,
        Column("country", "text", "Country of the TSO, whose public holidays move its deadlines."),
        Column("dispatching", "text", "`central` or `self`."),
        Column("issued_by", "text", "Who issued it."),
        Column("dated", "date", "Date that it bears."),
        Column("valid_from", "date", "First day on which it holds."),
        Column("valid_to", "date", "Last day on which it holds."),
        Column("border", "text", "Border that it is about; empty means all."),
        Column("sent_to", "text", "Who received it."),
        Column("covers", "text", "What it contains."))),
    TableSpec("document_days", "Documents on every market day and border for which they hold",
              "documents", (
                  Column("document", "text", "Kind of document.", key=True),
                  Column("reference", "text", "Number or name of this document.", key=True),
                  _DAY,
                  Column("border", "text", "Border for which it holds.", key=True),
                  Column("covers", "text", "What it contains."))),
    TableSpec("document_tso_days", "Documents on every market day on which they hold, beside every "
              "TSO", "documents", (
                  Column("document", "text", "Kind of document.", key=True),
                  Column("reference", "text", "Number or name of this document.", key=True),
                  _TSO, _DAY,
                  Column("issued_by", "text", "Who issued it."),
                  Column("covers", "text", "What it contains."))),
    TableSpec("contracted_days", "Every contract on each market day of its provision; an empty "
              "row where the manifest lets one expect a contract and none is handed in",
              "submission.yaml", (
                  Column("contract_id", "text", "Name of the contract; `none` with product and "
                         "direction where none is handed in.", key=True),
                  _TSO, _DAY,
                  Column("country", "text", "Country of the TSO."),
                  Column("product", "text", "Balancing capacity product."),
                  Column("direction", "text", "Direction of the balancing capacity."),
                  Column("standard", "boolean", "Whether the product is a standard one."),
                  Column("volume_mw", "mw", "Volume contracted."),
                  Column("contracted_at", "instant", "When the contract was concluded."),
                  Column("provision_start", "instant", "When provision starts."),
                  Column("provision_end", "instant", "When provision ends (exclusive)."),
                  Column("first_day", "date", "Market day on which provision starts."),
                  Column("provided_seconds", "integer", "For how long it is provided on that "
                         "day.")), absent="missing"),
    TableSpec("duty_cycles", "Recurring duties: each time that one was met, and the next time",
              "events", (
                  _TSO,
                  Column("event", "text", "What has to happen again and again.", key=True),
                  Column("occurrence", "integer", "0 is the start of the application.", key=True),
                  *_DUTY,
                  Column("began_at", "instant", "When it happened, or the application started."),
                  Column("next_at", "instant", "When it happened next."),
                  Column("next_told", "boolean", "Whether it happened again."))),
)}

#: Tables that are made rather than handed in; rules and derivations read them like any other.
MADE_TABLES: dict[str, TableSpec] = {**MANIFEST_TABLES, **EVENT_TABLES}

#: Made tables whose rows come from a table that was handed in, and which.
MADE_FROM = {name: spec.cite for name, spec in EVENT_TABLES.items()
             if spec.cite in ("events", "documents")}

#: Tables that made tables read besides, whose absence leaves rows to expect or none.
ALSO_READ = {"contracted_days": "contracts"}

#: Made tables with a row for each market day.
BY_DAY = frozenset({"interconnector_days", "duty_days", "auction_days", "day_events",
                    "contract_days", "contracted_days", "document_days",
                    "document_tso_days"})
