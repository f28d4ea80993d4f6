"""A merchant's stores: use cases."""
