"""Who takes part in programs, and how they stand: use cases."""
