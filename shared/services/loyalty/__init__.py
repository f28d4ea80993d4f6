"""Programs, the ledger, and what time brings: use cases."""
