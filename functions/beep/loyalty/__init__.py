"""Programs, points and rewards."""
