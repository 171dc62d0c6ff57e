"""Tables about the process: what happened when, and which documents exist.

The names of events and documents are closed lists, so that a misspelt one is named with its near
miss instead of counting as an event that never happened.
"""

from __future__ import annotations

from czca_rules.tables.columns import TableSpec
from czca_rules.tables.common_columns import key, may, need

#: Events of the daily process: each carries the market day that it concerns.
DAILY_EVENTS: dict[str, str] = {
    "bid_gate_opened": "The gate for balancing capacity bids of a TSO opened.",
    "bid_gate_closed": "The gate for balancing capacity bids of a TSO closed.",
    "values_forecast": "The market values of capacity were forecast.",
    "forecast_bids_submitted": "Forecast bids and demand reached the aggregating interface.",
    "forecast_gate_closed": "The gate for forecast bids closed.",
    "curves_sent": "Curves and what goes with them were sent to the coupling operator; the "
                   "detail lists supply_curves, demand, tolerance_band, local_minima, limits.",
    "capacity_calculated": "Final results of the day-ahead capacity calculation were available.",
    "allocation_determined": "The allocation function ended.",
    "allocation_sent": "The allocation was sent to a TSO or to market coupling.",
    "bids_submitted": "The last balancing capacity bid was received.",
    "bids_selected": "The procurement function selected bids: firm from here.",
    "bsps_notified": "Balancing service providers were told their results.",
    "brps_notified": "Balance responsible parties were told.",
    "merit_order_established": "The common merit order list was set up.",
    "allocation_marked": "The capacity was marked as already allocated.",
    "sdac_gate_opened": "Day-ahead coupling opened its gate.",
    "sdac_gate_closed": "Day-ahead coupling closed its gate.",
    "sdac_curves_due": "Latest moment for curves to enter day-ahead coupling.",
    "sdac_results_notified": "The results of day-ahead coupling were notified.",
    "sidc_gate_opened": "Intraday coupling opened its cross-zonal gate.",
    "volumes_and_prices_published": "Volumes and prices of procured balancing capacity were "
                                    "published; the detail lists offered_volumes, offered_prices.",
    "allocation_published": "The allocation was published; the detail lists decision_time, "
                            "period, volumes, market_values.",
    "use_published": "The use of the allocation was published; the detail lists "
                     "allocated_and_used, released, costs_and_benefits.",
    "released": "Allocated capacity was released.",
    "returned": "Allocated capacity was returned to a later timeframe.",
    "curtailed": "Allocated capacity was curtailed.",
    "holder_announced": "The holders of the allocated capacity were told of its curtailment.",
}

#: Daily events that come about, not duties to send or publish something by a time: that one is not
#: on record does not say that it did not happen, or when.
HAPPENINGS = frozenset((
    "bid_gate_opened", "bid_gate_closed", "values_forecast", "forecast_gate_closed",
    "capacity_calculated", "allocation_determined", "bids_submitted", "bids_selected",
    "merit_order_established", "sdac_gate_opened", "sdac_gate_closed", "sdac_curves_due",
    "sdac_results_notified", "sidc_gate_opened"))

#: Events of an application and of the yearly duties: they carry no market day.
APPLICATION_EVENTS: dict[str, str] = {
    "cost_benefit_analysis_shared": "The cost-benefit analysis was shared.",
    "notice_to_tsos_sent": "The other TSOs were told of the intended application.",
    "remark_received": "A TSO sent a remark on it.",
    "remark_answered": "That remark was answered; the document names it.",
    "stakeholders_informed": "Stakeholders were told.",
    "system_operation_notified": "The TSOs of the synchronous area were notified (SOGL Art. 150).",
    "allocation_function_shared": "The allocation function was shared among the TSOs.",
    "forecast_technique_notified": "The forecasting technique was notified.",
    "methodology_approved": "The methodology was approved.",
    "methodology_published": "The approved methodology was published.",
    "algorithm_requirements_published": "The requirements of the algorithm were published.",
    "volume_limits_published": "The volume limits were published.",
    "first_gate_opened": "The first gate of the application opened.",
    "application_started": "The application started.",
    "need_assessed": "The continued need was assessed; the detail says needed or not_needed.",
    "forecast_efficiency_reported": "The report on forecasting efficiency was made.",
    "forecast_efficiency_published": "The report on forecasting efficiency was published.",
    "technical_document_sent": "The technical document was sent.",
    "withholding_reported": "The withholding of information was reported.",
}

#: Yearly duties: events that have to happen again and again.
RECURRING_EVENTS = ("need_assessed", "forecast_efficiency_published",
                    "forecast_efficiency_reported", "withholding_reported")

#: What publications list in `detail`; they may come in parts.
PUBLISHED_FIELDS: dict[str, tuple[str, ...]] = {
    "volumes_and_prices_published": ("offered_volumes", "offered_prices"),
    "allocation_published": ("decision_time", "period", "volumes", "market_values"),
    "use_published": ("allocated_and_used", "released", "costs_and_benefits"),
}

#: What messages list in `detail`.
SENT_FIELDS: dict[str, tuple[str, ...]] = {
    "curves_sent": ("supply_curves", "demand", "tolerance_band", "local_minima", "limits"),
}

#: The word among `recipients` of `allocation_sent` by which balancing service providers are told
#: the capacity that is available to them.
PROVIDERS = "BSPs"

#: Every event name with its meaning in our words.
EVENTS: dict[str, str] = {**DAILY_EVENTS, **APPLICATION_EVENTS}

#: Every kind of document with its meaning in our words; some list what they cover.
DOCUMENTS: dict[str, str] = {
    "application_proposal": "Proposal to apply an allocation; covers borders, volume, "
                            "market_timeframe, duration, process.",
    "common_rules": "Common rules for the exchange of balancing capacity.",
    "terms_and_conditions": "Terms and conditions for balancing service providers.",
    "cost_benefit_analysis": "Cost-benefit analysis of the application.",
    "fallback_procedures": "What is done when the process fails.",
    "curtailment_procedures": "How allocated capacity is curtailed.",
    "separate_procurement_exemption": "Exemption from procuring up and down separately.",
    "contracting_derogation": "Derogation from contracting at most a day ahead for a day.",
    "nra_limit_decision": "Decision of the regulators on another volume limit.",
    "forecast_review": "Review of the forecasts by the regulators.",
    "additional_limits": "Further limits that the TSOs set.",
    "dc_exemption": "Decision that lifts the volume limit on a border of DC links.",
    "sdac_approval": "Approval to change how capacity enters day-ahead coupling.",
    "technical_document": "Technical document of the process.",
    "contracting_extension": "Decision that contracts may last longer than a month "
                             "(IEM Art. 6(10)).",
    "withholding_approval": "Approval to withhold information from publication.",
    "allocation_list": "List of each allocation by economic efficiency (EBGL Art. 42(5)).",
    "sharing_keys": "Keys for distributing congestion income; covers keys, reasons, "
                    "contributions.",
    "stakeholder_announcement": "Announcement to stakeholders; covers product, borders, "
                                "market_timeframe, duration, start.",
}

PROCESS_TABLES = (
    TableSpec(
        "events", "What happened when",
        "EBGL Art. 12(3), Art. 38(8); SOGL Art. 150; CACM Art. 46, Art. 47", (
            key("event_id", "text", "Name of the row, unique in the submission."),
            need("event", "choice", "What happened.", choices=tuple(EVENTS)),
            need("at", "instant", "When it happened, with its UTC offset."),
            may("actor", "text", "Who did it."),
            may("market_day", "date", "Market day that the event concerns."),
            may("mtu_start", "instant", "Market time unit that the event concerns."),
            may("border", "border", "Border that the event concerns; empty means all."),
            may("product", "product", "Product that the event concerns; empty means all."),
            may("direction", "direction", "Direction that the event concerns; empty means all."),
            may("recipients", "text", "Who was told, separated by semicolons; `BSPs` is the "
                "balancing service providers."),
            may("document", "text", "Reference of the document that goes with it."),
            may("detail", "text", "What it contained, separated by semicolons."),
            may("corrects", "text", "Name of the earlier row that this one puts right."),
        ), keeps_cells=True),
    TableSpec(
        "documents", "Documents that a rule asks for",
        "EBGL Art. 12(3), Art. 38(2), Art. 42(5)", (
            key("document", "choice", "Kind of document.", choices=tuple(DOCUMENTS)),
            key("reference", "text", "Number or name of this document."),
            may("issued_by", "text", "Who issued it."),
            may("dated", "date", "Date that it bears."),
            may("valid_from", "date", "First day on which it holds."),
            may("valid_to", "date", "Last day on which it holds."),
            may("border", "border", "Border that it is about; empty means all."),
            may("sent_to", "text", "Who received it, separated by semicolons."),
            may("covers", "text", "What it contains, separated by semicolons."),
        ), keeps_cells=True),
)
