"""What a store sells: use cases."""
