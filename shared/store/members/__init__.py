"""Members, and the keys that make them unique: documents."""
