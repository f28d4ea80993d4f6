"""Imports and their parts: documents."""
