"""What a store sells: rules."""
