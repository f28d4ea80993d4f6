"""Members of programs and their balances."""
