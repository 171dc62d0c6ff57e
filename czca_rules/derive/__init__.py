"""Derivations: from tables to relations at a stated grain, as SQL and in plain Python."""
