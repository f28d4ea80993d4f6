"""Bodies about merchants and their test accounts."""
