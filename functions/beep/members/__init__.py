"""Members of programs and how they stand."""
