"""Passes: memberships as the wallets of phones show them."""
