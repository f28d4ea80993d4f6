"""Payments, refunds and the providers that take them: documents."""
