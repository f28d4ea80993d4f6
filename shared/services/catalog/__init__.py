"""Products of a store: use cases."""
