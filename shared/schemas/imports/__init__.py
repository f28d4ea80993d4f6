"""Imports: bodies of requests and answers."""
