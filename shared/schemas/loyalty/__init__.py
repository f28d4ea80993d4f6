"""Programs, the ledger, and changes that come with time: bodies."""
