"""Endpoints that keep other systems in step."""
