"""Foreign formats turned into submissions; each format has its own command.

A converter only restates: it changes form, never a figure. What a workbook does not say stays
absent, and what cannot be restated exactly is refused with file, row and column.
"""

from __future__ import annotations

from czca_rules.convert.regelleistung import ConversionSummary, convert_regelleistung

__all__ = ["ConversionSummary", "convert_regelleistung"]
