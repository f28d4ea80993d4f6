"""Endpoints of merchants, and deliveries to them: bodies."""
