"""A merchant's stores: bodies."""
