"""Measures the engine against hand-written SQL, one query per rule, and plain reading."""
