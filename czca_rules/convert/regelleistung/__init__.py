"""The workbooks of regelleistung.net on the DE-AT aFRR capacity auctions, as a submission.

    workbook + cells  ->  columns (which column is what)  ->  sheet_reader (rows as values)
                      ->  published (tenders, results) and bid_lists  ->  submission_folder
"""

from __future__ import annotations

from czca_rules.convert.regelleistung.conversion import ConversionSummary, convert_regelleistung

__all__ = ["ConversionSummary", "convert_regelleistung"]
