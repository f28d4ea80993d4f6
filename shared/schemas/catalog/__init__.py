"""What a store sells: bodies."""
