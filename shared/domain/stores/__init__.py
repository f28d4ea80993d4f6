"""A merchant's stores: rules."""
