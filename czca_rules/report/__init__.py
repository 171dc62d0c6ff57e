"""Reports: canonical JSON, and every other format from it."""
