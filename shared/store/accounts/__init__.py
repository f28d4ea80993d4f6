"""Merchants, their packages and keys: documents."""
