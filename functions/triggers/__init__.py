"""What runs when a document is created."""
