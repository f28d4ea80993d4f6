"""Ours, and not what a library leaves under this name beside its own package."""
