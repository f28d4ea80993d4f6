"""What a task queue calls."""
