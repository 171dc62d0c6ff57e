"""Second implementations that tests hold the package against: slow, obvious, sharing no code."""
