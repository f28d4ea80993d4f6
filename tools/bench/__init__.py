"""Benchmarks. Every figure is a ratio of two things that one run measures in turn."""
