"""Outgoing webhooks: which URLs, how they are signed, sent and tried again."""
