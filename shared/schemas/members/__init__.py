"""Members of programs: bodies."""
