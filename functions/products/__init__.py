"""Endpoints that fill and read the catalog of a store."""
