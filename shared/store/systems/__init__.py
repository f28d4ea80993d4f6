"""Tills and ERPs: syncs, pushes, sales and receipts: documents."""
