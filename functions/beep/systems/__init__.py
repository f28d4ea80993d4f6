"""Tills and ERPs: reading from them and writing to them."""
