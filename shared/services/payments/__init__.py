"""Payments, refunds and the providers that take them: use cases."""
