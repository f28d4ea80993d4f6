"""Functions that a task queue calls."""
