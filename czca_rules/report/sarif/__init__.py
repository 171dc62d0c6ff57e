"""SARIF 2.1.0 as code scanning takes it."""

from czca_rules.report.sarif.document import sarif

__all__ = ["sarif"]
