"""Pictures of a report as inline SVG without script, each with its numbers as a table."""

from __future__ import annotations

from czca_rules.report.pictures.breaches import breach_table
from czca_rules.report.pictures.drawing import MOST_DAYS, drawn
from czca_rules.report.pictures.picture import Picture

__all__ = ["MOST_DAYS", "Picture", "breach_table", "drawn"]
