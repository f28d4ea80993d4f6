"""Members of programs, and their balances: use cases."""
