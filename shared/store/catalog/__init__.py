"""Products of a store: documents."""
