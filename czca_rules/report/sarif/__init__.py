"""SARIF 2.1.0 as code scanning takes it."""

from czca_rules.report.sarif.document import sarif
from czca_rules.report.sarif.places import folder_from_here

__all__ = ["folder_from_here", "sarif"]
