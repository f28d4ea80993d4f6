"""Endpoints that tell other systems of events."""
