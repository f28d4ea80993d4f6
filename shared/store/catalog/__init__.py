"""What a store sells: documents."""
