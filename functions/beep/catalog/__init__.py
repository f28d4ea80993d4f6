"""What a store sells."""
