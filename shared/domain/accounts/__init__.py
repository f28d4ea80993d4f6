"""Merchants, their packages and keys: rules."""
