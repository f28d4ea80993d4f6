"""Products of a store: bodies."""
