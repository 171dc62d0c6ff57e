"""Proofs about rulesets: what holds for every input, shown by a solver from the formulas."""
