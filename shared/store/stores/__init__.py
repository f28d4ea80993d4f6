"""Stores of merchants: documents."""
