"""Rules over relations: the five outcomes and the verdict."""
