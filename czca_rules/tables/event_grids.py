"""SQL of the grids that set events and documents beside market days, borders and TSOs."""

from __future__ import annotations

#: A document without days or border holds on every day, for every border; of one that was handed in
#: wrong the days and the border may be unreadable.
DOCUMENT_DAYS = (
    "SELECT t.document, t.reference, d.market_day, b.border, t.covers, t._bad, t._file, t._line "
    "FROM t_documents t CROSS JOIN m_delivery_days d CROSS JOIN m_borders b "
    "WHERE coalesce(t.border = b.border, true) AND coalesce(t.valid_from <= d.market_day, true) "
    "AND coalesce(t.valid_to >= d.market_day, true)")


DOCUMENT_TSOS = (
    "SELECT t.document, t.reference, m.tso, m.country, m.dispatching, t.issued_by, t.dated, "
    "t.valid_from, t.valid_to, t.border, t.sent_to, t.covers, t._bad, t._file, t._line "
    "FROM t_documents t CROSS JOIN m_tsos m")


DOCUMENT_TSO_DAYS = (
    "SELECT t.document, t.reference, m.tso, d.market_day, t.issued_by, t.covers, t._bad, t._file, "
    "t._line FROM t_documents t CROSS JOIN m_delivery_days d CROSS JOIN m_tsos m "
    "WHERE coalesce(t.valid_from <= d.market_day, true) "
    "AND coalesce(t.valid_to >= d.market_day, true)")


#: The views of documents by their names.
DOCUMENT_VIEWS = {"document_days": DOCUMENT_DAYS, "document_tsos": DOCUMENT_TSOS,
                  "document_tso_days": DOCUMENT_TSO_DAYS}


def event_tsos(some_wrong: bool) -> str:
    """Every event beside every TSO; one that was handed in wrong has no moment."""
    at = 'CASE WHEN NOT e._bad THEN e."at" END AS "at"' if some_wrong else 'e."at"'
    return (f"SELECT e.event_id, m.tso, e.event, {at}, e.actor, e.market_day, e.product, "
            "e.direction, e.border, e.recipients, e.document, e.detail, e._bad, e._file, e._line "
            "FROM m_current_events e CROSS JOIN m_tsos m")
