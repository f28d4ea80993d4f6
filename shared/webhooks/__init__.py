"""Outgoing webhooks: their destinations, signatures, delivery and retries."""
