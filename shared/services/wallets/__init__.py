"""Passes of memberships: given out, fetched by phones, and told of changes."""
