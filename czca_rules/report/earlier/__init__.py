"""A report beside an earlier one: read back, replayed, compared, or taken as known."""
