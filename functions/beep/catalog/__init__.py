"""Products of a store."""
