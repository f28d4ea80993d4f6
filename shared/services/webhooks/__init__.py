"""Endpoints of merchants, and deliveries to them: use cases."""
