"""Endpoints that show the stores of an account."""
