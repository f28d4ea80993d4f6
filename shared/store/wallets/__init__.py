"""Passes that members were given."""
