"""Functions that run when a document is created."""
