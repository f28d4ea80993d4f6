"""Merchants, their packages and keys: use cases."""
