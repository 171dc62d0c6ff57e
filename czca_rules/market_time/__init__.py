"""Market time (CET/CEST): market days, market time units, periods and instants.

One convention for the whole package: an *instant* is a ``datetime`` in UTC without a zone, as
DuckDB's TIMESTAMP holds it. Text with an offset becomes an instant in `spans.parse_instant` and
nowhere else; local clock times exist only inside this subpackage and when something is shown.
"""
