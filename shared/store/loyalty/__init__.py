"""Programs, the ledger, and what time brings: documents."""
