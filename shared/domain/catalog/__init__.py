"""Products of a store: rules."""
