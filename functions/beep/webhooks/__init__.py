"""Endpoints that get events, and the deliveries to them."""
